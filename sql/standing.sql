-- One row per vehicle, local day and time between trips for which it stood on that day; from local_day, route, response_day, vehicle.
-- requires: local_day, vehicle
create view bi.standing as
with
standing as (
  select
    day.vehicle_key,
    day.account,
    day.device_id,
    day.device_name,
    day.time_zone,
    day.local_date,
    day.local_month,
    day.is_complete,
    trip.trip_key,
    trip.day,
    trip.asked_day,
    trip.arrived_at,
    following.next_departed_at,
    greatest(trip.arrived_at, day.begins_at)                 as started_at,
    least(following.next_departed_at, day.ends_at)           as ended_at,
    trip.destination_mileage_km,
    trip.destination_latitude_e7,
    trip.destination_longitude_e7
  from bi.local_day as day
  -- The trips of the day, and the last one before it: the vehicle may have stood since then.
  cross join lateral (
    select route.*
    from warehouse.route
    where route.device_key = day.vehicle_key
      and route.departed_at < day.ends_at
      and route.departed_at >= coalesce((
        select case when earlier.device_key = day.vehicle_key then earlier.departed_at end
        from warehouse.route as earlier
        where (earlier.device_key, earlier.departed_at) < (day.vehicle_key, day.begins_at)
        order by earlier.device_key desc, earlier.departed_at desc
        limit 1
      ), day.begins_at)
      and route.arrived_at < day.ends_at
  ) as trip
  left join lateral (
    select later.device_key, later.departed_at as next_departed_at
    from warehouse.route as later
    where (later.device_key, later.departed_at) > (trip.device_key, trip.departed_at)
    order by later.device_key, later.departed_at
    limit 1
  ) as following on following.device_key = trip.device_key
  -- Trips that overlap have no time between them.
  where following.next_departed_at is null or following.next_departed_at > greatest(trip.arrived_at, day.begins_at)
)
select
  standing.account,
  standing.device_id,
  standing.device_name,
  local_date,
  started_at,
  ended_at,
  started_at at time zone standing.time_zone                 as started_local,
  ended_at at time zone standing.time_zone                   as ended_local,
  warehouse.seconds_between(started_at, ended_at)            as duration_s,
  arrived_at,
  next_departed_at,
  destination_mileage_km                                     as mileage_km,
  destination_latitude_e7 / 1e7::double precision            as latitude,
  destination_longitude_e7 / 1e7::double precision           as longitude,
  is_complete,
  local_month,
  standing.time_zone,
  standing.vehicle_key,
  vehicle.vehicle_label,
  trip_key,
  response.response_key,
  response.requested_at
from standing
left join bi.vehicle on vehicle.vehicle_key = standing.vehicle_key
left join etl.response_day as response
  on response.device_key = standing.vehicle_key and response.day = standing.day and response.asked_day = standing.asked_day;

comment on view bi.standing is
  'One row per vehicle, local day and time between two trips for which it stood on that day: where did it stand on Monday. Key: vehicle_key, local_date, started_at. Additive: duration_s. Not additive: mileage_km. NULL: the vendor sent no usable value; next_departed_at after the last known trip; response_key and requested_at if the response is pruned. A time over midnight is split: it has one row on each day. Only days of bi.local_day are included. Source: node "routes".';
comment on column bi.standing.account is 'Name of the account. Source: configuration.';
comment on column bi.standing.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.standing.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.standing.local_date is 'Local calendar day on which it stood, as in bi.local_day.';
comment on column bi.standing.started_at is 'When it came to stand, or the beginning of the day if that was before it. Tag destination_timestamp.';
comment on column bi.standing.ended_at is 'When it moved on, or the end of the day if that was after it or is not known. Tag origin_timestamp.';
comment on column bi.standing.started_local is 'started_at as local wall-clock time.';
comment on column bi.standing.ended_local is 'ended_at as local wall-clock time.';
comment on column bi.standing.duration_s is 'Seconds from started_at to ended_at.';
comment on column bi.standing.arrived_at is 'When it came to stand, on this day or before. Tag destination_timestamp.';
comment on column bi.standing.next_departed_at is 'When it moved on, on this day or later; NULL after the last known trip. Tag origin_timestamp.';
comment on column bi.standing.mileage_km is 'FLEETIZE mileage while standing, km; not the dashboard''s odometer. Tag destination_mileage.';
comment on column bi.standing.latitude is 'Latitude, degrees, WGS 84. First part of tag destination_location.';
comment on column bi.standing.longitude is 'Longitude, degrees, WGS 84. Second part of tag destination_location.';
comment on column bi.standing.is_complete is 'Whether all trips of the day are known, as in bi.local_day: if not, it may have moved.';
comment on column bi.standing.local_month is 'First day of the month of local_date.';
comment on column bi.standing.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.standing.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.standing.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.standing.trip_key is 'Key of the trip after which it stood, as in bi.logbook.';
comment on column bi.standing.response_key is 'Response that the trip before was taken from, as in bi.logbook.';
comment on column bi.standing.requested_at is 'When that response was requested, as in bi.logbook.';
