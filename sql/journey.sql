-- One row per journey: trips with only short stops between them; from route, vehicle.
-- requires: vehicle
create view bi.journey as
with
setting as (
  select coalesce(nullif(current_setting('fleetize.journey_stop_minutes', true), '')::integer, 15) * interval '1 minute' as longest_stop
),
-- A trip begins a journey unless the one before it arrived a short time ago, or has not arrived yet.
first_trip as (
  select route.*
  from warehouse.route
  left join lateral (
    -- One garbled arrival must not make a journey without end.
    select earlier.device_key, coalesce(least(earlier.arrived_at, earlier.departed_at + interval '7 days'), earlier.departed_at) as arrived_at
    from warehouse.route as earlier
    where (earlier.device_key, earlier.departed_at) < (route.device_key, route.departed_at)
    order by earlier.device_key desc, earlier.departed_at desc
    limit 1
  ) as previous on previous.device_key = route.device_key
  where previous.arrived_at is null or route.departed_at > previous.arrived_at + (select longest_stop from setting)
),
bounded as (
  select
    first_trip.*,
    coalesce((
      -- The next trip that begins one.
      select later.departed_at
      from warehouse.route as later
      where later.device_key = first_trip.device_key
        and later.departed_at > first_trip.departed_at
        and later.departed_at > (select longest_stop from setting) + (
          select coalesce(least(before.arrived_at, before.departed_at + interval '7 days'), before.departed_at)
          from warehouse.route as before
          where (before.device_key, before.departed_at) < (later.device_key, later.departed_at)
          order by before.device_key desc, before.departed_at desc
          limit 1
        )
      order by later.departed_at
      limit 1
    ), 'infinity')                                           as next_begins_at
  from first_trip
)
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  bounded.local_date,
  bounded.departed_at,
  whole.arrived_at,
  bounded.departed_at at time zone vehicle.time_zone         as departed_local,
  whole.arrived_at at time zone vehicle.time_zone            as arrived_local,
  warehouse.seconds_between(bounded.departed_at, whole.arrived_at) as duration_s,
  whole.driving_s,
  whole.trip_count,
  whole.distance_km::numeric(19,3)                           as distance_km,
  bounded.origin_latitude_e7 / 1e7::double precision         as origin_latitude,
  bounded.origin_longitude_e7 / 1e7::double precision        as origin_longitude,
  whole.destination_latitude_e7 / 1e7::double precision      as destination_latitude,
  whole.destination_longitude_e7 / 1e7::double precision     as destination_longitude,
  bounded.local_month,
  vehicle.time_zone,
  bounded.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  bounded.trip_key,
  whole.last_trip_key
from bounded
left join bi.vehicle on vehicle.vehicle_key = bounded.device_key
cross join lateral (
  select
    max(trip.arrived_at)                                     as arrived_at,
    sum(warehouse.seconds_between(trip.departed_at, trip.arrived_at, trip.pause_s)) as driving_s,
    count(*)::integer                                        as trip_count,
    sum(trip.destination_mileage_km - trip.origin_mileage_km) as distance_km,
    max(trip.trip_key)                                       as last_trip_key,
    (array_agg(trip.destination_latitude_e7 order by trip.departed_at desc))[1]  as destination_latitude_e7,
    (array_agg(trip.destination_longitude_e7 order by trip.departed_at desc))[1] as destination_longitude_e7
  from warehouse.route as trip
  where trip.device_key = bounded.device_key
    and trip.departed_at >= bounded.departed_at
    and trip.departed_at < bounded.next_begins_at
) as whole;

comment on view bi.journey is
  'One row per journey: a trip and those that follow it after stops of at most 15 minutes, over midnights too. Key: trip_key. Additive: duration_s, driving_s, trip_count, distance_km. NULL: no trip of the journey has a value. To bridge longer stops: set fleetize.journey_stop_minutes = 30. The trips themselves stay as they are in bi.logbook. Source: node "routes".';
comment on column bi.journey.account is 'Name of the account. Source: configuration.';
comment on column bi.journey.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.journey.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.journey.local_date is 'Local calendar day of the first departure, as in bi.logbook.';
comment on column bi.journey.departed_at is 'Departure of the first trip. Tag origin_timestamp.';
comment on column bi.journey.arrived_at is 'Last arrival; NULL if no trip has one. Tag destination_timestamp.';
comment on column bi.journey.departed_local is 'departed_at as local wall-clock time.';
comment on column bi.journey.arrived_local is 'arrived_at as local wall-clock time.';
comment on column bi.journey.duration_s is 'Seconds from departed_at to arrived_at.';
comment on column bi.journey.driving_s is 'Sum of the trips'' durations without their pauses, s; NULL if no trip has one. Computed.';
comment on column bi.journey.trip_count is 'Trips of the journey.';
comment on column bi.journey.distance_km is 'Sum of the trips'' distances, km; NULL if no trip has one. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.journey.origin_latitude is 'Latitude of the origin of the first trip, degrees, WGS 84.';
comment on column bi.journey.origin_longitude is 'Longitude of the origin of the first trip, degrees, WGS 84.';
comment on column bi.journey.destination_latitude is 'Latitude of the destination of the last trip, degrees, WGS 84.';
comment on column bi.journey.destination_longitude is 'Longitude of the destination of the last trip, degrees, WGS 84.';
comment on column bi.journey.local_month is 'First day of the month of local_date.';
comment on column bi.journey.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.journey.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.journey.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.journey.trip_key is 'Key of the first trip, as in bi.logbook.';
comment on column bi.journey.last_trip_key is 'Key of the last trip, as in bi.logbook.';
