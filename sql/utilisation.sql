-- One row a device, local day of departure, local weekday and hour in which it drove; from route, route_pause, device, account.
create view bi.utilisation as
with
trip as (
  select
    account.name                                             as account,
    device.device_id,
    device.name                                              as device_name,
    coalesce(device.time_zone, account.time_zone)            as time_zone,
    route.local_date,
    route.local_month,
    route.device_key,
    route.day,
    route.route_no,
    route.departed_at,
    -- One garbled arrival must not make hours without end.
    least(route.arrived_at, route.departed_at + interval '7 days') as arrived_at
  from warehouse.route
  join warehouse.device using (device_key)
  join warehouse.account using (account_key)
  where route.arrived_at > route.departed_at
),
-- The parts of each trip that lie in one hour of the local clock.
part as (
  select
    trip.*,
    greatest(hour_at, departed_at)                           as part_started_at,
    least(hour_at + interval '1 hour', arrived_at)           as part_ended_at,
    greatest(hour_at, departed_at) at time zone time_zone    as part_started_local
  from trip
  -- Through an array, which the planner takes for ten hours: a series it takes for a thousand, and compiles the query for them.
  cross join lateral unnest(array(
    select generate_series(date_trunc('hour', departed_at, time_zone), arrived_at - interval '1 microsecond', interval '1 hour')
  )) as hour_at
),
driven as (
  select
    part.*,
    extract(epoch from part_ended_at - part_started_at)
      - coalesce((
        select sum(extract(epoch from
          least(route_pause.ended_at, part_ended_at) - greatest(route_pause.started_at, part_started_at)))
        from warehouse.route_pause
        where route_pause.device_key = part.device_key
          and route_pause.day = part.day
          and route_pause.route_no = part.route_no
          and route_pause.ended_at > part_started_at
          and route_pause.started_at < part_ended_at
      ), 0)                                                  as part_driving_s
  from part
)
select
  account,
  device_id,
  device_name,
  local_date,
  extract(isodow from part_started_local)::integer           as weekday,
  extract(hour from part_started_local)::integer             as hour,
  -- Pauses that overlap each other could make it negative.
  round(sum(greatest(part_driving_s, 0)) / 60, 2)            as driving_min,
  count(distinct departed_at)::integer                       as trip_count,
  local_month
from driven
group by
  account,
  device_id,
  device_name,
  local_date,
  local_month,
  extract(isodow from part_started_local),
  extract(hour from part_started_local);

comment on view bi.utilisation is
  'One row a device, local day of departure, local weekday and hour in which it drove: minutes driven, pauses left out. Sum driving_min by weekday and hour for a heat map. Of a trip longer than 7 days only the first 7 are counted. Source: nodes "routes" and "route_pause".';
comment on column bi.utilisation.account is 'Name of the account. Source: configuration.';
comment on column bi.utilisation.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.utilisation.device_name is 'Current name of the device. Tag device_name.';
comment on column bi.utilisation.local_date is
  'Local calendar day of departure of the trips, as in bi.logbook. The hours after midnight of a trip over midnight stand here too, with their own weekday.';
comment on column bi.utilisation.weekday is 'Local weekday while driving, 1 Monday to 7 Sunday.';
comment on column bi.utilisation.hour is 'Local hour while driving, 0 to 23. The hour that clocks repeat in autumn is one: it can have 120 minutes.';
comment on column bi.utilisation.driving_min is 'Minutes driven, pauses left out. Computed from the times of trips and pauses.';
comment on column bi.utilisation.trip_count is 'Trips that were under way. A trip of several hours is counted in each: do not add up.';
comment on column bi.utilisation.local_month is 'First day of the month of local_date.';
