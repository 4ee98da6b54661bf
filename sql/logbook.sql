-- One row per trip; from route, vehicle, device_version, checkpoint, response_day.
-- requires: vehicle
--
-- All joins are outer ones by unique keys, and there is no WITH, so that the planner leaves out what a reader does not ask for.
create view bi.logbook as
select
  vehicle.account,
  vehicle.device_id,
  case
    when vehicle.device_name is not null and route.device_key not in (
      select device_key from warehouse.device_version group by device_key having count(*) > 1
    )
    then vehicle.device_name
    else (
      select version.name
      from warehouse.device_version as version
      where version.device_key = route.device_key
      -- Before the first response, the first known name.
      order by version.valid_from > route.departed_at, abs(date_part('epoch', version.valid_from - route.departed_at))
      limit 1
    )
  end                                                      as device_name,
  route.local_date,
  route.departed_at,
  route.arrived_at,
  route.departed_at at time zone vehicle.time_zone         as departed_local,
  route.arrived_at at time zone vehicle.time_zone          as arrived_local,
  warehouse.seconds_between(route.departed_at, route.arrived_at)                as duration_s,
  warehouse.seconds_between(route.departed_at, route.arrived_at, route.pause_s) as driving_s,
  route.pause_s,
  route.origin_latitude_e7 / 1e7::double precision         as origin_latitude,
  route.origin_longitude_e7 / 1e7::double precision        as origin_longitude,
  route.destination_latitude_e7 / 1e7::double precision    as destination_latitude,
  route.destination_longitude_e7 / 1e7::double precision   as destination_longitude,
  route.origin_mileage_km,
  route.destination_mileage_km,
  (route.destination_mileage_km - route.origin_mileage_km)::numeric(19,3) as distance_km,
  route.average_speed_kmh,
  route.average_speed_distance_kmh,
  route.pause_count,
  route.point_count,
  route.top_speed_kmh,
  vehicle.time_zone,
  route.local_month,
  route.day,
  route.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  route.trip_key,
  vehicle.device_name                                      as current_device_name,
  route.local_arrival_date,
  route.local_week,
  route.local_year,
  case
    when route.device_key not in (select device_key from warehouse.device_version group by device_key having count(*) > 1)
    then vehicle.imei
    else (
      select version.imei
      from warehouse.device_version as version
      where version.device_key = route.device_key
      order by version.valid_from > route.departed_at, abs(date_part('epoch', version.valid_from - route.departed_at))
      limit 1
    )
  end                                                      as imei,
  route.track_km,
  checkpoint.changed_at,
  response.response_key,
  response.requested_at
from warehouse.route
left join bi.vehicle on vehicle.vehicle_key = route.device_key
left join etl.checkpoint on checkpoint.device_key = route.device_key and checkpoint.day = route.day
left join etl.response_day as response
  on response.device_key = route.device_key and response.day = route.day and response.asked_day = route.asked_day;

comment on view bi.logbook is
  'One row per trip (a route in the vendor''s document). Key: trip_key. Additive: distance_km, track_km, duration_s, driving_s, pause_s, pause_count, point_count. Not additive: origin_mileage_km, destination_mileage_km. NULL: the vendor sent no usable value; for response_key and requested_at, the response is pruned. This is the recorded half of a logbook: the vendor''s API has no purpose, partner, class, driver, plate or address, and mileages are FLEETIZE''s, not the dashboard''s. It has no number for a trip either, and does not report when one was changed, merged or removed, nor what was driven without tracker, signal or GPS: see bi.odometer_gap and bi.local_day. Anyone who administers the database can change rows. Source: node "routes".';
comment on column bi.logbook.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook.device_name is
  'Name of the vehicle when the trip began, as far as responses of that time say; before the first response, the first known name. Tag device_name.';
comment on column bi.logbook.local_date is
  'Local calendar day of departure, in the zone of the device, otherwise of the account. A trip over midnight belongs to the day on which it began. Computed from tag origin_timestamp.';
comment on column bi.logbook.departed_at is 'When the origin was left. Tag origin_timestamp.';
comment on column bi.logbook.arrived_at is 'When the destination was reached; NULL if unknown. Tag destination_timestamp.';
comment on column bi.logbook.departed_local is
  'departed_at as local wall-clock time. It is ambiguous in the hour that repeats when daylight saving time ends; departed_at is not. Computed from tag origin_timestamp.';
comment on column bi.logbook.arrived_local is
  'arrived_at as local wall-clock time; can be before departed_local if clocks went back meanwhile. Computed from tag destination_timestamp.';
comment on column bi.logbook.duration_s is
  'Seconds from departure to arrival, elapsed time: changes of the clock do not matter. Computed from tags origin_timestamp and destination_timestamp.';
comment on column bi.logbook.driving_s is 'Seconds from departure to arrival without pause_s; NULL if any of them is unknown. Computed.';
comment on column bi.logbook.pause_s is 'Total of all pauses of the trip, s, as sent by the vendor. Tag pause_duration.';
comment on column bi.logbook.origin_latitude is 'Latitude of the origin, degrees, WGS 84. First part of tag origin_location.';
comment on column bi.logbook.origin_longitude is 'Longitude of the origin, degrees, WGS 84. Second part of tag origin_location.';
comment on column bi.logbook.destination_latitude is 'Latitude of the destination, degrees, WGS 84. First part of tag destination_location.';
comment on column bi.logbook.destination_longitude is 'Longitude of the destination, degrees, WGS 84. Second part of tag destination_location.';
comment on column bi.logbook.origin_mileage_km is 'FLEETIZE mileage at departure, km; not the dashboard''s odometer. Tag origin_mileage.';
comment on column bi.logbook.destination_mileage_km is
  'FLEETIZE mileage at arrival, km; not the dashboard''s odometer. Tag destination_mileage.';
comment on column bi.logbook.distance_km is
  'destination_mileage_km minus origin_mileage_km, km; NULL if either is unknown. The vendor sends whole km, so rounding can be up to 1 km per trip. Computed.';
comment on column bi.logbook.average_speed_kmh is 'Mean of the point speeds above zero, km/h, as sent by the vendor. Tag average_speed.';
comment on column bi.logbook.average_speed_distance_kmh is 'Distance divided by time, km/h, as sent by the vendor. Tag average_speed_distance.';
comment on column bi.logbook.pause_count is 'Rows of the trip in bi.route_pause.';
comment on column bi.logbook.point_count is 'Points of the trip: its rows in bi.route_point until they are pruned.';
comment on column bi.logbook.top_speed_kmh is 'Highest speed of the trip''s points, km/h; NULL without points. Computed from tag route_points.';
comment on column bi.logbook.time_zone is 'Zone of all local times of the row: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.logbook.local_month is 'First day of the month of local_date.';
comment on column bi.logbook.day is 'UTC day of departure, as in bi.data_coverage. Computed from tag origin_timestamp.';
comment on column bi.logbook.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.logbook.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.logbook.trip_key is 'Key of the trip in one column: vehicle_key * 2^32 + departed_at in epoch seconds.';
comment on column bi.logbook.current_device_name is 'Name of the vehicle now, also on old trips. Tag device_name.';
comment on column bi.logbook.local_arrival_date is 'Local calendar day of arrival; NULL if unknown. Computed from tag destination_timestamp.';
comment on column bi.logbook.local_week is 'Monday of the ISO week of local_date.';
comment on column bi.logbook.local_year is 'First day of the year of local_date.';
comment on column bi.logbook.imei is
  'IMEI of the tracker when the trip began, as far as responses of that time say; before the first response, the first known one. Another one on later trips means that the tracker was exchanged. Tag device_imei.';
comment on column bi.logbook.track_km is
  'Length of the line through the trip''s points, km; NULL without two positions. Shorter than the road where points are sparse. Computed from tag route_points.';
comment on column bi.logbook.changed_at is
  'When the trip''s UTC day was last written: filter by it to copy what changed. A trip that disappears leaves no row: replace whole days of bi.data_coverage. It does not move when a vehicle is renamed.';
comment on column bi.logbook.response_key is 'Response that the trip was taken from, a number of the archive; NULL if the response is pruned.';
comment on column bi.logbook.requested_at is 'When that response was requested; NULL if the response is pruned.';
