-- One row per vehicle, local day and local hour in which it drove; from vehicle, route, route_pause.
-- requires: vehicle
--
-- Vehicle by vehicle, so that a filter by any attribute of the vehicle reaches the indexes, and no aggregate exceeds the memory.
create view bi.usage_hour as
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  used.local_date,
  extract(isodow from used.local_date)::integer              as weekday,
  used.hour,
  round((used.driving_s / 60)::numeric, 2)::numeric(18,2)    as driving_min,
  used.distance_km::numeric(19,3)                            as distance_km,
  used.trip_count,
  used.first_moved_at,
  used.last_moved_at,
  used.local_month,
  vehicle.time_zone,
  used.driving_s::integer                                    as driving_s,
  vehicle.vehicle_key,
  vehicle.vehicle_label
from bi.vehicle
cross join lateral (
  with
  trip as not materialized (
    select
      route.day,
      route.route_no,
      route.trip_key,
      route.local_date,
      route.local_month,
      route.departed_at,
      -- One garbled arrival must not make hours without end.
      least(route.arrived_at, route.departed_at + interval '7 days') as arrived_at,
      date_part('epoch', route.arrived_at - route.departed_at) as elapsed_s,
      route.destination_mileage_km - route.origin_mileage_km as distance_km,
      route.local_arrival_date
    from warehouse.route
    where route.device_key = vehicle.vehicle_key and route.arrived_at > route.departed_at
  ),
  -- The parts of each trip that lie in one hour of the local clock.
  part as not materialized (
    select
      trip.*,
      greatest(hour_at, departed_at)                         as part_started_at,
      least(hour_at + interval '1 hour', arrived_at)         as part_ended_at,
      greatest(hour_at, departed_at) at time zone vehicle.time_zone as part_started_local
    from trip
    -- Through an array, which the planner expects to have ten elements: of a series it expects a thousand, and compiles the query for them.
    cross join lateral unnest(array(
      select
        generate_series(date_trunc('hour', departed_at, vehicle.time_zone), arrived_at - interval '1 microsecond', interval '1 hour')
    )) as hour_at
  ),
  -- In two parts, so that a filter by local day is one by the day of departure but for the few trips that go on after midnight.
  dated as (
    select part.*, local_date as used_on, local_month as used_month from part where local_arrival_date <= local_date
    union all
    select part.*, part_started_local::date, date_trunc('month', part_started_local)::date from part where local_arrival_date > local_date
  ),
  driven as (
    select
      dated.*,
      -- By differences of rounded shares, so that the parts of a trip add up to it.
      round(distance_km * (date_part('epoch', part_ended_at - departed_at) / elapsed_s)::numeric, 3)
        - round(distance_km * (date_part('epoch', part_started_at - departed_at) / elapsed_s)::numeric, 3) as part_km,
      date_part('epoch', part_ended_at - part_started_at)
        - coalesce((
          select sum(date_part('epoch',
            least(route_pause.ended_at, part_ended_at) - greatest(route_pause.started_at, part_started_at)))
          from warehouse.route_pause
          where route_pause.device_key = vehicle.vehicle_key
            and route_pause.day = dated.day
            and route_pause.route_no = dated.route_no
            and route_pause.ended_at > part_started_at
            and route_pause.started_at < part_ended_at
        ), 0)                                                as part_driving_s
    from dated
  )
  select
    used_on                                                  as local_date,
    used_month                                               as local_month,
    extract(hour from part_started_local)::integer           as hour,
    -- Pauses that overlap each other could make it negative.
    sum(greatest(part_driving_s, 0))                         as driving_s,
    sum(part_km)                                             as distance_km,
    count(distinct trip_key)::integer                        as trip_count,
    min(part_started_at)                                     as first_moved_at,
    max(part_ended_at)                                       as last_moved_at
  from driven
  group by used_on, used_month, extract(hour from part_started_local)
) as used;

comment on view bi.usage_hour is
  'One row per vehicle, local day and local hour in which it drove, whenever the trip began. Key: vehicle_key, local_date, hour. Additive: driving_min, distance_km, driving_s. Not additive: trip_count. NULL: distance_km without mileages. Sum driving_min by weekday and hour for a heat map. Only the first 7 days of a longer trip are counted. Source: nodes "routes" and "route_pause".';
comment on column bi.usage_hour.account is 'Name of the account. Source: configuration.';
comment on column bi.usage_hour.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.usage_hour.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.usage_hour.local_date is 'Local calendar day on which it drove, not that of departure.';
comment on column bi.usage_hour.weekday is 'Local weekday, 1 Monday to 7 Sunday.';
comment on column bi.usage_hour.hour is 'Local hour, 0 to 23. The hour that repeats when daylight saving time ends is one row: it can have 120 minutes.';
comment on column bi.usage_hour.driving_min is 'Minutes driven, pauses excluded. Computed from the times of trips and pauses.';
comment on column bi.usage_hour.distance_km is
  'Distance, km: that of each trip, shared out by time; NULL if no trip of the hour has one. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.usage_hour.trip_count is 'Trips that were under way.';
comment on column bi.usage_hour.first_moved_at is 'First moment of the hour in a trip. Tag origin_timestamp.';
comment on column bi.usage_hour.last_moved_at is 'Last moment of the hour in a trip. Tag destination_timestamp.';
comment on column bi.usage_hour.local_month is 'First day of the month of local_date.';
comment on column bi.usage_hour.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.usage_hour.driving_s is 'Seconds driven, pauses excluded: exact, where driving_min is rounded.';
comment on column bi.usage_hour.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.usage_hour.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
