-- One row per account and local day that has trips or was ever due; from logbook_day.
-- requires: logbook_day
create view bi.fleet_day as
with
day_of_fleet as (
  select
    account,
    local_date,
    local_month,
    local_week,
    local_year,
    (count(*) filter (where trip_count > 0))::integer        as active_vehicle_count,
    sum(trip_count)::integer                                 as trip_count,
    sum(opening_mileage_km)                                  as opening_mileage_km,
    sum(trips_km)                                            as trips_km,
    sum(gap_km)                                              as gap_km,
    sum(closing_mileage_km)                                  as closing_mileage_km,
    sum(timed_distance_km)                                   as timed_distance_km,
    sum(timed_driving_s)                                     as timed_driving_s,
    (sum(duration_s) filter (where trip_count > 0))::bigint  as duration_s,
    (sum(driving_s) filter (where trip_count > 0))::bigint   as driving_s,
    (sum(standing_s) filter (where trip_count > 0))::bigint  as standing_s,
    (sum(pause_s) filter (where trip_count > 0))::bigint     as pause_s,
    min(first_departed_at)                                   as first_departed_at,
    max(last_arrived_at)                                     as last_arrived_at,
    max(top_speed_kmh)                                       as top_speed_kmh,
    sum(point_count)::bigint                                 as point_count,
    count(*)::integer                                        as vehicle_count,
    (count(*) filter (where is_complete))::integer           as complete_vehicle_count,
    (count(*) filter (where has_gap))::integer               as gap_vehicle_count
  from bi.logbook_day
  group by account, local_date, local_month, local_week, local_year
)
select
  account,
  local_date,
  active_vehicle_count,
  trip_count,
  opening_mileage_km::numeric(19,3)                          as opening_mileage_km,
  trips_km::numeric(19,3)                                    as trips_km,
  gap_km::numeric(19,3)                                      as gap_km,
  closing_mileage_km::numeric(19,3)                          as closing_mileage_km,
  -- Without trips 0 of each; with trips that lack the values, NULL.
  case when trip_count = 0 then 0 else duration_s end        as duration_s,
  case when trip_count = 0 then 0 else driving_s end         as driving_s,
  case when trip_count = 0 then 0 else standing_s end        as standing_s,
  case when trip_count = 0 then 0 else pause_s end           as pause_s,
  first_departed_at,
  last_arrived_at,
  round(timed_distance_km * 3600 / timed_driving_s, 2)::numeric(18,2) as average_speed_kmh,
  top_speed_kmh::numeric(5,1)                                as top_speed_kmh,
  point_count,
  vehicle_count,
  complete_vehicle_count,
  complete_vehicle_count = vehicle_count                     as is_complete,
  local_month,
  gap_vehicle_count,
  gap_vehicle_count > 0                                      as has_gap,
  local_week,
  local_year
from day_of_fleet;

comment on view bi.fleet_day is
  'One row per account and local day that has trips or was ever due. Key: account, local_date. Additive: trip_count, trips_km, gap_km, duration_s, driving_s, standing_s, pause_s, point_count. Additive over accounts: active_vehicle_count, vehicle_count, complete_vehicle_count, gap_vehicle_count, opening_mileage_km, closing_mileage_km. NULL: no vehicle has a value. Each vehicle''s day is that of its own zone. Source: bi.logbook_day.';
comment on column bi.fleet_day.account is 'Name of the account. Source: configuration.';
comment on column bi.fleet_day.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi.fleet_day.active_vehicle_count is 'Vehicles that departed on the day. For vehicles that drove on it, count bi.usage_day.';
comment on column bi.fleet_day.trip_count is 'Trips that depart on the day.';
comment on column bi.fleet_day.opening_mileage_km is
  'Sum of the vehicles'' mileages at the end of the day before, km: opening + trips + gaps = closing. It differs from the closing mileage of the day before if that day has other vehicles. Computed.';
comment on column bi.fleet_day.trips_km is 'Sum of the trips'' distances, km; NULL if no vehicle has a mileage yet. Computed.';
comment on column bi.fleet_day.gap_km is 'Sum of the gaps that ended on the day, km, as in bi.odometer_gap. Computed.';
comment on column bi.fleet_day.closing_mileage_km is 'Sum of the vehicles'' mileages after their last trip that departed on the day, km. Computed.';
comment on column bi.fleet_day.duration_s is 'Sum of the trips'' durations, s, pauses included. Computed.';
comment on column bi.fleet_day.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.fleet_day.standing_s is 'Sum over the vehicles of the seconds between first departure and last arrival that were not driven. Computed.';
comment on column bi.fleet_day.pause_s is 'Pauses within the trips, s, as sent by the vendor. Tag pause_duration.';
comment on column bi.fleet_day.first_departed_at is 'First departure of any vehicle. Tag origin_timestamp.';
comment on column bi.fleet_day.last_arrived_at is 'Last arrival of any vehicle. Tag destination_timestamp.';
comment on column bi.fleet_day.average_speed_kmh is 'Distance divided by driving time, pauses excluded, km/h, of the trips that have both. Computed.';
comment on column bi.fleet_day.top_speed_kmh is 'Highest speed of any point, km/h. Computed from tag route_points.';
comment on column bi.fleet_day.point_count is 'Points of the day''s trips.';
comment on column bi.fleet_day.vehicle_count is 'Vehicles that departed or whose day was ever due, including those that did not move.';
comment on column bi.fleet_day.complete_vehicle_count is 'Those of them whose day is complete, as in bi.local_day.';
comment on column bi.fleet_day.is_complete is 'Whether the day is complete for all of them.';
comment on column bi.fleet_day.local_month is 'First day of the month of local_date.';
comment on column bi.fleet_day.gap_vehicle_count is 'Those of them with has_gap, as in bi.local_day.';
comment on column bi.fleet_day.has_gap is 'Whether any of them has a gap of more than 1 km.';
comment on column bi.fleet_day.local_week is 'Monday of the ISO week of local_date.';
comment on column bi.fleet_day.local_year is 'First day of the year of local_date.';
