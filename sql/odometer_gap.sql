-- One row a break in a device's chain of mileages; from route, device, account, checkpoint, device_reading.
--
-- The chain is origin, destination, origin, destination… by departure, without the readings that a trip lacks. A trip that tells
-- both has its distance in bi.logbook; every other step of the chain that is not zero is a row here. So trips and gaps together
-- are always the last reading less the first.
create view bi.odometer_gap as
with
gap as (
  select
    account.name                                             as account,
    device.device_id,
    device.name                                              as device_name,
    route.local_date,
    route.local_month,
    coalesce(device.time_zone, account.time_zone)            as time_zone,
    route.device_key,
    previous.departed_at                                     as previous_departed_at,
    route.departed_at,
    coalesce(case when previous.destination_mileage_km is not null then previous.arrived_at end, previous.departed_at)
                                                             as started_at,
    coalesce(case when route.origin_mileage_km is null then route.arrived_at end, route.departed_at) as ended_at,
    coalesce(previous.destination_mileage_km, previous.origin_mileage_km)                            as start_mileage_km,
    coalesce(route.origin_mileage_km, route.destination_mileage_km)                                  as end_mileage_km,
    previous.destination_latitude_e7                         as start_latitude_e7,
    previous.destination_longitude_e7                        as start_longitude_e7,
    route.origin_latitude_e7                                 as end_latitude_e7,
    route.origin_longitude_e7                                as end_longitude_e7
  from warehouse.route
  join warehouse.device using (device_key)
  join warehouse.account using (account_key)
  -- One step backwards in the index on (device_key, departed_at): both are in the order, so that no other index fits.
  cross join lateral (
    select *
    from warehouse.route as earlier
    where (earlier.device_key, earlier.departed_at) < (route.device_key, route.departed_at)
      and coalesce(earlier.destination_mileage_km, earlier.origin_mileage_km) is not null
    order by earlier.device_key desc, earlier.departed_at desc
    limit 1
  ) as previous
  where previous.device_key = route.device_key
    and coalesce(route.origin_mileage_km, route.destination_mileage_km)
      <> coalesce(previous.destination_mileage_km, previous.origin_mileage_km)
)
select
  account,
  device_id,
  device_name,
  local_date,
  previous_departed_at,
  departed_at,
  started_at,
  ended_at,
  started_at at time zone time_zone                          as started_local,
  ended_at at time zone time_zone                            as ended_local,
  case
    when ended_at - started_at between interval '-68 years' and interval '68 years'
    then extract(epoch from ended_at - started_at)::integer
  end                                                        as duration_s,
  start_mileage_km,
  end_mileage_km,
  end_mileage_km - start_mileage_km                          as gap_km,
  case
    when end_mileage_km < start_mileage_km then 'odometer_set_back'
    when coverage.complete_days < coverage.days then 'days_missing'
    when trouble.was_unplugged then 'unplugged'
    when trouble.had_no_signal then 'no_signal'
    when trouble.had_no_gps then 'no_gps'
    when end_mileage_km - start_mileage_km <= 1 then 'rounding'
    else 'unknown'
  end                                                        as likely_cause,
  start_latitude_e7 / 1e7::double precision                  as start_latitude,
  start_longitude_e7 / 1e7::double precision                 as start_longitude,
  end_latitude_e7 / 1e7::double precision                    as end_latitude,
  end_longitude_e7 / 1e7::double precision                   as end_longitude,
  time_zone,
  local_month
from gap
cross join lateral (
  select
    (ended_at at time zone 'UTC')::date - (started_at at time zone 'UTC')::date + 1 as days,
    count(*) filter (where state in ('final', 'empty'))      as complete_days
  from etl.checkpoint
  where checkpoint.device_key = gap.device_key
    and checkpoint.day between (started_at at time zone 'UTC')::date and (ended_at at time zone 'UTC')::date
) as coverage
-- A reading of the day after still tells when the error occurred.
cross join lateral (
  select
    bool_or(error_code in (1, 2))                            as was_unplugged,
    bool_or(error_code = 3)                                  as had_no_signal,
    bool_or(error_code in (4, 5))                            as had_no_gps
  from warehouse.device_reading as reading
  where reading.device_key = gap.device_key
    and reading.read_at between started_at and ended_at + interval '1 day'
    and coalesce(reading.error_at, reading.read_at) between started_at and ended_at
) as trouble;

comment on view bi.odometer_gap is
  'One row a break in a device''s chain of FLEETIZE mileages: km between one trip and the next that no trip tells of. Trips (distance_km of bi.logbook) and gaps (gap_km) together are always the last mileage less the first. FLEETIZE mileage, not the dashboard''s odometer: that one has to be compared by hand. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.odometer_gap.account is 'Name of the account. Source: configuration.';
comment on column bi.odometer_gap.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.odometer_gap.device_name is 'Current name of the device. Tag device_name.';
comment on column bi.odometer_gap.local_date is 'Local calendar day of departure of the trip after the gap, as in bi.logbook.';
comment on column bi.odometer_gap.previous_departed_at is 'Departure of the last trip before the gap that tells a mileage: its key in bi.logbook.';
comment on column bi.odometer_gap.departed_at is 'Departure of the trip after the gap: its key in bi.logbook.';
comment on column bi.odometer_gap.started_at is 'When start_mileage_km was read: the arrival before the gap.';
comment on column bi.odometer_gap.ended_at is 'When end_mileage_km was read: the departure after the gap.';
comment on column bi.odometer_gap.started_local is 'started_at as local wall-clock time.';
comment on column bi.odometer_gap.ended_local is 'ended_at as local wall-clock time.';
comment on column bi.odometer_gap.duration_s is 'Seconds from started_at to ended_at; negative for trips that overlap.';
comment on column bi.odometer_gap.start_mileage_km is 'FLEETIZE mileage before the gap, km. Tag destination_mileage.';
comment on column bi.odometer_gap.end_mileage_km is 'FLEETIZE mileage after the gap, km. Tag origin_mileage.';
comment on column bi.odometer_gap.gap_km is 'end_mileage_km less start_mileage_km, km: never 0, negative when the mileage was set back.';
comment on column bi.odometer_gap.likely_cause is
  'First that holds: odometer_set_back (it fell) · days_missing (a UTC day of the gap is not final) · unplugged (error 1 or 2 in the gap) · no_signal (error 3) · no_gps (error 4 or 5) · rounding (at most 1 km) · unknown. A guess: the vendor names no cause.';
comment on column bi.odometer_gap.start_latitude is 'Latitude of the arrival before the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.start_longitude is 'Longitude of the arrival before the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.end_latitude is 'Latitude of the departure after the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.end_longitude is 'Longitude of the departure after the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.time_zone is 'Zone of the local times: that of the device, else of the account. Source: configuration.';
comment on column bi.odometer_gap.local_month is 'First day of the month of local_date.';
