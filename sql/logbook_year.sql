-- One row per vehicle and local year that has trips or was ever due; from vehicle, logbook_day, odometer_gap, route.
-- requires: logbook_day, odometer_gap, vehicle
create view bi.logbook_year as
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  period.local_year,
  period.trip_count,
  period.driving_day_count,
  opening.mileage_km::numeric(19,3)                          as opening_mileage_km,
  -- A trip without mileages counts as 0 once the chain has begun: its kilometres are in a gap.
  case
    when period.trip_count = 0 then 0
    when opening.mileage_km is not null then coalesce(period.measured_km, 0)
  end::numeric(19,3)                                         as trips_km,
  (closing.mileage_km - opening.mileage_km - coalesce(period.measured_km, 0))::numeric(19,3) as gap_km,
  closing.mileage_km::numeric(19,3)                          as closing_mileage_km,
  open_gap.gap_km                                            as gap_open_km,
  open_gap.started_at                                        as gap_open_started_at,
  open_gap.ended_at                                          as gap_open_ended_at,
  -- Without trips 0 of each; with trips that lack the values, NULL.
  case when period.trip_count = 0 then 0 else period.duration_s end as duration_s,
  case when period.trip_count = 0 then 0 else period.driving_s end  as driving_s,
  case when period.trip_count = 0 then 0 else period.standing_s end as standing_s,
  case when period.trip_count = 0 then 0 else period.pause_s end    as pause_s,
  period.first_departed_at,
  period.last_arrived_at,
  period.first_departed_at at time zone vehicle.time_zone    as first_departed_local,
  period.last_arrived_at at time zone vehicle.time_zone      as last_arrived_local,
  round(period.timed_distance_km * 3600 / period.timed_driving_s, 2)::numeric(18,2) as average_speed_kmh,
  period.top_speed_kmh::numeric(5,1)                         as top_speed_kmh,
  period.point_count,
  counted.day_count,
  period.complete_day_count,
  period.complete_day_count = counted.day_count              as is_complete,
  period.gap_day_count,
  period.gap_day_count > 0                                   as has_gap,
  vehicle.time_zone,
  vehicle.vehicle_key,
  vehicle.vehicle_label
from bi.vehicle
cross join lateral (
  select
    local_year,
    sum(trip_count)::integer                                 as trip_count,
    (count(*) filter (where trip_count > 0))::integer        as driving_day_count,
    sum(measured_km)                                         as measured_km,
    sum(timed_distance_km)                                   as timed_distance_km,
    sum(timed_driving_s)                                     as timed_driving_s,
    (sum(duration_s) filter (where trip_count > 0))::bigint  as duration_s,
    (sum(driving_s) filter (where trip_count > 0))::bigint   as driving_s,
    (sum(standing_s) filter (where trip_count > 0))::bigint  as standing_s,
    (sum(pause_s) filter (where trip_count > 0))::bigint     as pause_s,
    min(first_departed_at)                                   as first_departed_at,
    max(last_departed_at)                                    as last_departed_at,
    max(last_arrived_at)                                     as last_arrived_at,
    max(top_speed_kmh)                                       as top_speed_kmh,
    sum(point_count)::bigint                                 as point_count,
    (count(*) filter (where is_complete))::integer           as complete_day_count,
    (count(*) filter (where has_gap))::integer               as gap_day_count
  from bi.logbook_day
  where logbook_day.vehicle_key = vehicle.vehicle_key
  group by local_year
) as period
cross join lateral (select ((period.local_year + interval '1 year')::date - period.local_year) as day_count) as counted
-- The trips around the period: each mileage is found by one step in an index. Aggregates of at most one row, so that what a reader does not
-- ask for is left out.
left join lateral (
  select max(found.mileage_km) as mileage_km
  from (
    select coalesce(
      (
        select
          case when earlier.device_key = vehicle.vehicle_key then coalesce(destination_mileage_km, origin_mileage_km) end
        from warehouse.route as earlier
        where (earlier.device_key, earlier.departed_at)
            < (vehicle.vehicle_key, coalesce(period.first_departed_at, period.local_year::timestamp at time zone vehicle.time_zone))
          and coalesce(destination_mileage_km, origin_mileage_km) is not null
        order by earlier.device_key desc, earlier.departed_at desc
        limit 1
      ),
      -- The first period of a vehicle begins with the first mileage.
      (
        select coalesce(origin_mileage_km, destination_mileage_km)
        from warehouse.route as first
        where first.device_key = vehicle.vehicle_key
          and first.departed_at between period.first_departed_at and period.last_departed_at
          and coalesce(origin_mileage_km, destination_mileage_km) is not null
        order by first.departed_at
        limit 1
      )
    ) as mileage_km
  ) as found
) as opening on true
left join lateral (
  select max(found.mileage_km) as mileage_km
  from (
    select
      case when latest.device_key = vehicle.vehicle_key then coalesce(destination_mileage_km, origin_mileage_km) end
        as mileage_km
    from warehouse.route as latest
    where (latest.device_key, latest.departed_at)
        <= (vehicle.vehicle_key, coalesce(period.last_departed_at, period.local_year::timestamp at time zone vehicle.time_zone))
      and coalesce(destination_mileage_km, origin_mileage_km) is not null
    order by latest.device_key desc, latest.departed_at desc
    limit 1
  ) as found
) as closing on true
-- At most one: the gap that ends with the first trip after the year.
left join lateral (
  select max(gap.gap_km)::numeric(19,3) as gap_km, max(gap.started_at) as started_at, max(gap.ended_at) as ended_at
  from bi.odometer_gap as gap
  where gap.trip_key = (
    select later.trip_key
    from warehouse.route as later
    where (later.device_key, later.departed_at)
        > (vehicle.vehicle_key, coalesce(period.last_departed_at, period.local_year::timestamp at time zone vehicle.time_zone))
      and coalesce(destination_mileage_km, origin_mileage_km) is not null
    order by later.device_key, later.departed_at
    limit 1
  ) and gap.vehicle_key = vehicle.vehicle_key
) as open_gap on true;

comment on view bi.logbook_year is
  'One row per vehicle and local year that has trips or was ever due. Key: vehicle_key, local_year. Additive: trip_count, driving_day_count, trips_km, gap_km, duration_s, driving_s, standing_s, pause_s, point_count, day_count, complete_day_count, gap_day_count. Additive over vehicles: opening_mileage_km, closing_mileage_km, gap_open_km. NULL: mileages are NULL before a vehicle''s first, seconds where no trip has the value, gap_open_* where no gap is open. opening_mileage_km + trips_km + gap_km = closing_mileage_km in every row. FLEETIZE''s mileage, not the dashboard''s. Source: bi.logbook.';
comment on column bi.logbook_year.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook_year.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook_year.device_name is 'Name of the vehicle now, also on old rows. Tag device_name.';
comment on column bi.logbook_year.local_year is 'First day of the local year of departure.';
comment on column bi.logbook_year.trip_count is 'Trips that depart in the year.';
comment on column bi.logbook_year.driving_day_count is 'Local days with a departure.';
comment on column bi.logbook_year.opening_mileage_km is
  'FLEETIZE mileage at the end of the year before, km; for the first year of a vehicle its first known mileage; NULL before that. Tags origin_mileage and destination_mileage.';
comment on column bi.logbook_year.trips_km is
  'Sum of the trips'' distances, km. Kilometres of trips that lack a mileage are in gap_km. NULL if no mileage is known yet. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_year.gap_km is
  'Sum of the gaps that ended in the year, km, as in bi.odometer_gap; negative if the mileage was set back. Computed.';
comment on column bi.logbook_year.closing_mileage_km is 'FLEETIZE mileage after the last trip that departed in the year, km. Tags origin_mileage and destination_mileage.';
comment on column bi.logbook_year.gap_open_km is
  'Kilometres of the gap that is open at the end of the year, km. They count in the year in which the gap ends, although an unknown part was driven in this one. NULL if no gap is open.';
comment on column bi.logbook_year.gap_open_started_at is 'When that gap began. Tag destination_timestamp.';
comment on column bi.logbook_year.gap_open_ended_at is 'When that gap ended. Tag origin_timestamp.';
comment on column bi.logbook_year.duration_s is 'Sum of the trips'' durations, s, pauses included. Computed.';
comment on column bi.logbook_year.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.logbook_year.standing_s is
  'Seconds that were not driven between the first departure and the last arrival of each day, s; nights are not included. Computed.';
comment on column bi.logbook_year.pause_s is 'Pauses within the trips, s, as sent by the vendor. Tag pause_duration.';
comment on column bi.logbook_year.first_departed_at is 'First departure. Tag origin_timestamp.';
comment on column bi.logbook_year.last_arrived_at is 'Last arrival. Tag destination_timestamp.';
comment on column bi.logbook_year.first_departed_local is 'First departure as local wall-clock time.';
comment on column bi.logbook_year.last_arrived_local is 'Last arrival as local wall-clock time.';
comment on column bi.logbook_year.average_speed_kmh is
  'Distance divided by driving time, pauses excluded, km/h, of the trips that have both; NULL without such a trip. Computed.';
comment on column bi.logbook_year.top_speed_kmh is 'Highest speed of any point, km/h. Computed from tag route_points.';
comment on column bi.logbook_year.point_count is 'Points of the trips.';
comment on column bi.logbook_year.day_count is 'Days of the year.';
comment on column bi.logbook_year.complete_day_count is 'Those of them that are complete, as in bi.local_day.';
comment on column bi.logbook_year.is_complete is 'Whether all days of the year are complete.';
comment on column bi.logbook_year.gap_day_count is 'Days of the year with has_gap, as in bi.local_day.';
comment on column bi.logbook_year.has_gap is 'Whether any day of the year has a gap of more than 1 km.';
comment on column bi.logbook_year.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.logbook_year.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.logbook_year.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
