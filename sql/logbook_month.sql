-- One row a device and local month that has trips or was ever wanted; from logbook_day.
-- requires: logbook_day
create view bi.logbook_month as
with
month_of_device as (
  select
    account,
    device_id,
    device_name,
    local_month,
    sum(trip_count)::integer                                 as trip_count,
    (count(*) filter (where trip_count > 0))::integer        as driving_day_count,
    sum(routes_distance_km) filter (where trip_count > 0)    as routes_distance_km,
    sum(timed_distance_km)                                   as timed_distance_km,
    sum(timed_driving_s)                                     as timed_driving_s,
    (array_agg(first_mileage_km order by local_date)
      filter (where first_mileage_km is not null))[1]        as first_mileage_km,
    (array_agg(last_mileage_km order by local_date desc)
      filter (where last_mileage_km is not null))[1]         as last_mileage_km,
    (sum(duration_s) filter (where trip_count > 0))::bigint  as duration_s,
    (sum(driving_s) filter (where trip_count > 0))::bigint   as driving_s,
    (sum(standing_s) filter (where trip_count > 0))::bigint  as standing_s,
    (sum(pause_s) filter (where trip_count > 0))::bigint     as pause_s,
    min(first_departed_at)                                   as first_departed_at,
    max(last_arrived_at)                                     as last_arrived_at,
    min(first_departed_local)                                as first_departed_local,
    max(last_arrived_local)                                  as last_arrived_local,
    max(top_speed_kmh)                                       as top_speed_kmh,
    sum(point_count)::bigint                                 as point_count,
    extract(day from local_month + interval '1 month' - interval '1 day')::integer as day_count,
    (count(*) filter (where is_complete))::integer           as complete_day_count
  from bi.logbook_day
  group by account, device_id, device_name, local_month
)
select
  account,
  device_id,
  device_name,
  local_month,
  trip_count,
  driving_day_count,
  -- Without trips 0 of each; with trips that do not tell, NULL.
  case when trip_count = 0 then 0 else last_mileage_km - first_mileage_km end    as odometer_distance_km,
  case when trip_count = 0 then 0 else routes_distance_km end as routes_distance_km,
  first_mileage_km,
  last_mileage_km,
  case when trip_count = 0 then 0 else duration_s end        as duration_s,
  case when trip_count = 0 then 0 else driving_s end         as driving_s,
  case when trip_count = 0 then 0 else standing_s end        as standing_s,
  case when trip_count = 0 then 0 else pause_s end           as pause_s,
  first_departed_at,
  last_arrived_at,
  first_departed_local,
  last_arrived_local,
  round(timed_distance_km * 3600 / timed_driving_s, 2)       as average_speed_kmh,
  top_speed_kmh,
  point_count,
  day_count,
  complete_day_count,
  complete_day_count = day_count                             as is_complete
from month_of_device;

comment on view bi.logbook_month is
  'One row a device and local month that has trips or was ever asked for. FLEETIZE''s mileage, not the dashboard''s; purpose, partner, class and driver are not in the vendor''s API, so neither is the share of private trips. Source: bi.logbook.';
comment on column bi.logbook_month.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook_month.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook_month.device_name is 'Current name of the device, also on old months. Tag device_name.';
comment on column bi.logbook_month.local_month is 'First day of the local month of departure.';
comment on column bi.logbook_month.trip_count is 'Trips that depart in the month.';
comment on column bi.logbook_month.driving_day_count is 'Local days with a departure.';
comment on column bi.logbook_month.odometer_distance_km is
  'last_mileage_km less first_mileage_km, km: the trips and the gaps between them. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_month.routes_distance_km is
  'Sum of the trips'' distances, km; without trips that lack a mileage. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_month.first_mileage_km is 'First FLEETIZE mileage of the month''s trips, km; not the dashboard''s odometer. Tag origin_mileage.';
comment on column bi.logbook_month.last_mileage_km is 'Last FLEETIZE mileage of the month''s trips, km; not the dashboard''s odometer. Tag destination_mileage.';
comment on column bi.logbook_month.duration_s is 'Sum of the trips'' durations, s, pauses included. Computed.';
comment on column bi.logbook_month.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.logbook_month.standing_s is
  'Seconds that were not driven between the first departure and the last arrival of each day, s. NightlyDemand are not in it. Computed.';
comment on column bi.logbook_month.pause_s is 'Pauses within the trips, s, as told by the vendor. Tag pause_duration.';
comment on column bi.logbook_month.first_departed_at is 'First departure. Tag origin_timestamp.';
comment on column bi.logbook_month.last_arrived_at is 'Last arrival. Tag destination_timestamp.';
comment on column bi.logbook_month.first_departed_local is 'First departure as local wall-clock time.';
comment on column bi.logbook_month.last_arrived_local is 'Last arrival as local wall-clock time.';
comment on column bi.logbook_month.average_speed_kmh is
  'Distance over driving time, pauses left out, km/h, of the trips that tell both; NULL without such a trip. Computed.';
comment on column bi.logbook_month.top_speed_kmh is 'Highest speed of any point, km/h. Computed from tag route_points.';
comment on column bi.logbook_month.point_count is 'Points of the month''s trips.';
comment on column bi.logbook_month.day_count is 'Days of the month.';
comment on column bi.logbook_month.complete_day_count is 'Those of them that are complete, as in bi.local_day.';
comment on column bi.logbook_month.is_complete is 'Whether all days of the month are complete.';
