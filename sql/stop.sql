-- One row per stop of a vehicle; from route, route_pause, pause_type, response_day, vehicle.
-- requires: vehicle
--
-- Pauses within a trip as sent by the vendor, and the time from each arrival to the next departure.
create view bi.stop as
with
-- Read twice, each time only as far as the reader's filter requires.
trip as not materialized (
  select
    vehicle.account,
    vehicle.device_id,
    vehicle.device_name,
    vehicle.vehicle_label,
    vehicle.time_zone,
    route.*
  from warehouse.route
  left join bi.vehicle on vehicle.vehicle_key = route.device_key
),
stop as (
  select
    account,
    device_id,
    device_name,
    local_date,
    departed_at,
    'pause'                                                  as kind,
    case
      when route_pause.pause_type_code is not null then coalesce(pause_type.name, 'unknown')
    end                                                      as pause_type,
    route_pause.started_at,
    route_pause.ended_at,
    route_pause.mileage_km,
    route_pause.latitude_e7,
    route_pause.longitude_e7,
    time_zone,
    local_month,
    device_key,
    vehicle_label,
    trip_key,
    day,
    asked_day,
    route_pause.seq                                          as stop_no
  from trip
  join warehouse.route_pause using (device_key, day, route_no)
  left join warehouse.pause_type using (pause_type_code)
  union all
  select
    account,
    device_id,
    device_name,
    local_date,
    departed_at,
    'between_trips',
    null,
    arrived_at,
    following.next_departed_at,
    destination_mileage_km,
    destination_latitude_e7,
    destination_longitude_e7,
    time_zone,
    local_month,
    trip.device_key,
    vehicle_label,
    trip_key,
    day,
    asked_day,
    0
  from trip
  -- One step forwards in the index on (device_key, departed_at): both are in the order, so that no other index fits.
  left join lateral (
    select later.device_key, later.departed_at as next_departed_at
    from warehouse.route as later
    where (later.device_key, later.departed_at) > (trip.device_key, trip.departed_at)
    order by later.device_key, later.departed_at
    limit 1
  ) as following on following.device_key = trip.device_key
  -- Trips that overlap have no time between them.
  where arrived_at is not null and (next_departed_at is null or next_departed_at > arrived_at)
)
select
  account,
  device_id,
  device_name,
  local_date,
  departed_at,
  kind,
  pause_type,
  started_at,
  ended_at,
  started_at at time zone time_zone                          as started_local,
  ended_at at time zone time_zone                            as ended_local,
  warehouse.seconds_between(started_at, ended_at)            as duration_s,
  mileage_km,
  latitude_e7 / 1e7::double precision                        as latitude,
  longitude_e7 / 1e7::double precision                       as longitude,
  time_zone,
  local_month,
  stop.device_key                                            as vehicle_key,
  vehicle_label,
  trip_key,
  response.response_key,
  response.requested_at,
  stop.stop_no
from stop
left join etl.response_day as response
  on response.device_key = stop.device_key and response.day = stop.day and response.asked_day = stop.asked_day;

comment on view bi.stop is
  'One row per stop: each pause within a trip, and the time from each arrival to the next departure. Key: trip_key, stop_no. Additive: duration_s. Not additive: mileage_km. NULL: the vendor sent no usable value; the end of a stop that lasts. Pauses of one trip can overlap. What the vehicle did while no trip was recorded is unknown: see bi.odometer_gap. For where it stood on a given day, read bi.standing. Source: nodes "routes" and "route_pause".';
comment on column bi.stop.account is 'Name of the account. Source: configuration.';
comment on column bi.stop.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.stop.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.stop.local_date is 'Local calendar day of departure of the trip that the stop is in or after, as in bi.logbook.';
comment on column bi.stop.departed_at is 'Departure of the trip that the stop is in or after: its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.stop.kind is 'pause (within a trip) · between_trips.';
comment on column bi.stop.pause_type is 'Name of the kind of pause in the vendor''s document; unknown for an undocumented code, NULL between trips. Tag type.';
comment on column bi.stop.started_at is 'When it came to a stop. Tags start_timestamp, destination_timestamp.';
comment on column bi.stop.ended_at is 'When it moved on; NULL after the last known trip. Tags end_timestamp, origin_timestamp.';
comment on column bi.stop.started_local is 'started_at as local wall-clock time.';
comment on column bi.stop.ended_local is 'ended_at as local wall-clock time.';
comment on column bi.stop.duration_s is 'Seconds from started_at to ended_at; NULL if ended_at is.';
comment on column bi.stop.mileage_km is 'FLEETIZE mileage while standing, km; not the dashboard''s odometer. Tags mileage, destination_mileage.';
comment on column bi.stop.latitude is 'Latitude, degrees, WGS 84. Tags location, destination_location.';
comment on column bi.stop.longitude is 'Longitude, degrees, WGS 84. Tags location, destination_location.';
comment on column bi.stop.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.stop.local_month is 'First day of the month of local_date.';
comment on column bi.stop.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.stop.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.stop.trip_key is 'Key of the trip that the stop is in or after, as in bi.logbook.';
comment on column bi.stop.response_key is 'Response that the trip was taken from, as in bi.logbook.';
comment on column bi.stop.requested_at is 'When that response was requested, as in bi.logbook.';
comment on column bi.stop.stop_no is 'seq of the pause in bi.route_pause; 0 for the time after the trip.';
