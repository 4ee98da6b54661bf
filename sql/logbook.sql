-- One row a route; from route, device, account.
--
-- All joins are outer ones by unique keys, and there is no WITH, so that the planner leaves out what a reader does not ask for.
create view bi.logbook as
select
  account,
  device_id,
  device_name,
  local_date,
  departed_at,
  arrived_at,
  departed_at at time zone time_zone                       as departed_local,
  arrived_at at time zone time_zone                        as arrived_local,
  -- One garbled arrival must not fail the query for all routes: what no integer holds is NULL.
  case when abs(elapsed_s) < 2147483647 then elapsed_s::integer end as duration_s,
  case when abs(elapsed_s - pause_s) < 2147483647 then (elapsed_s - pause_s)::integer end as driving_s,
  pause_s,
  origin_latitude_e7 / 1e7::double precision               as origin_latitude,
  origin_longitude_e7 / 1e7::double precision              as origin_longitude,
  destination_latitude_e7 / 1e7::double precision          as destination_latitude,
  destination_longitude_e7 / 1e7::double precision         as destination_longitude,
  origin_mileage_km,
  destination_mileage_km,
  destination_mileage_km - origin_mileage_km               as distance_km,
  average_speed_kmh,
  average_speed_distance_kmh,
  pause_count,
  point_count,
  top_speed_kmh,
  time_zone,
  local_month,
  day
from (
  select
    account.name                                             as account,
    device.device_id,
    device.name                                              as device_name,
    coalesce(device.time_zone, account.time_zone)            as time_zone,
    date_part('epoch', route.arrived_at - route.departed_at) as elapsed_s,
    route.*
  from warehouse.route
  left join warehouse.device using (device_key)
  left join warehouse.account using (account_key)
) as trip;

comment on view bi.logbook is
  'One row a route (trip): its public key is (account, device_id, departed_at). The recorded half of a logbook: purpose, partner, class, driver, plate and addresses are not in the vendor''s API, and mileages are FLEETIZE''s, not the dashboard''s. The API has no number for a trip and does not tell when one was changed, merged or removed, nor what was driven without tracker, signal or GPS: see bi.odometer_gap and bi.local_day. Whoever administers the database can change rows. Source: node "routes".';
comment on column bi.logbook.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook.device_name is 'Current name of the device, also on old trips. Tag device_name.';
comment on column bi.logbook.local_date is
  'Local calendar day of departure, in the zone of the device, else of the account. A trip over midnight belongs to the day on which it began. Computed from tag origin_timestamp.';
comment on column bi.logbook.departed_at is 'When the origin was left. Tag origin_timestamp.';
comment on column bi.logbook.arrived_at is 'When the destination was reached. Tag destination_timestamp.';
comment on column bi.logbook.departed_local is
  'departed_at as local wall-clock time. In the hour that clocks repeat in autumn it is ambiguous: departed_at is not. Computed from tag origin_timestamp.';
comment on column bi.logbook.arrived_local is
  'arrived_at as local wall-clock time; can be before departed_local when clocks went back meanwhile. Computed from tag destination_timestamp.';
comment on column bi.logbook.duration_s is
  'Seconds from departure to arrival, as they passed: changes of the clock do not matter. Computed from tags origin_timestamp and destination_timestamp.';
comment on column bi.logbook.driving_s is 'Seconds from departure to arrival without pause_s; NULL if any of them is unknown. Computed.';
comment on column bi.logbook.pause_s is 'All pauses of the route together, s, as told by the vendor. Tag pause_duration.';
comment on column bi.logbook.origin_latitude is 'Latitude left, degrees, WGS 84. First part of tag origin_location.';
comment on column bi.logbook.origin_longitude is 'Longitude left, degrees, WGS 84. Second part of tag origin_location.';
comment on column bi.logbook.destination_latitude is 'Latitude reached, degrees, WGS 84. First part of tag destination_location.';
comment on column bi.logbook.destination_longitude is 'Longitude reached, degrees, WGS 84. Second part of tag destination_location.';
comment on column bi.logbook.origin_mileage_km is 'FLEETIZE mileage when leaving, km; not the dashboard''s odometer. Tag origin_mileage.';
comment on column bi.logbook.destination_mileage_km is
  'FLEETIZE mileage when arriving, km; not the dashboard''s odometer. Tag destination_mileage.';
comment on column bi.logbook.distance_km is
  'destination_mileage_km less origin_mileage_km, km. The vendor tells whole km: up to 1 km of rounding a trip. Computed.';
comment on column bi.logbook.average_speed_kmh is 'Mean of the point speeds above zero, km/h, as told by the vendor. Tag average_speed.';
comment on column bi.logbook.average_speed_distance_kmh is 'Distance over time, km/h, as told by the vendor. Tag average_speed_distance.';
comment on column bi.logbook.pause_count is 'Rows of the trip in bi.route_pause.';
comment on column bi.logbook.point_count is 'Points of the trip: its rows in bi.route_point, until they are pruned.';
comment on column bi.logbook.top_speed_kmh is 'Highest speed of the trip''s points, km/h; NULL without any. Computed from tag route_points.';
comment on column bi.logbook.time_zone is 'Zone of all local times of the row: that of the device, else of the account. Source: configuration.';
comment on column bi.logbook.local_month is 'First day of the month of local_date.';
comment on column bi.logbook.day is 'UTC day of departure, as in bi.data_coverage. Computed from tag origin_timestamp.';
