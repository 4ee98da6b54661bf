-- One row per break in a vehicle's chain of mileages; from route, response_day, vehicle, checkpoint, device_reading.
-- requires: vehicle
--
-- The chain is origin, destination, origin, destination… by departure, without the mileages that a trip lacks. A trip that has both
-- has its distance in bi.logbook; every other step of the chain that is not zero is a row here. So trips and gaps together are always
-- the last mileage minus the first.
create view bi.odometer_gap as
with
gap as (
  select
    route.device_key,
    route.trip_key,
    route.day,
    route.asked_day,
    route.local_date,
    route.local_week,
    route.local_month,
    route.local_year,
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
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  gap.local_date,
  gap.previous_departed_at,
  gap.departed_at,
  gap.started_at,
  gap.ended_at,
  gap.started_at at time zone vehicle.time_zone              as started_local,
  gap.ended_at at time zone vehicle.time_zone                as ended_local,
  warehouse.seconds_between(gap.started_at, gap.ended_at)    as duration_s,
  gap.start_mileage_km,
  gap.end_mileage_km,
  (gap.end_mileage_km - gap.start_mileage_km)::numeric(19,3) as gap_km,
  cause.likely_cause,
  gap.start_latitude_e7 / 1e7::double precision              as start_latitude,
  gap.start_longitude_e7 / 1e7::double precision             as start_longitude,
  gap.end_latitude_e7 / 1e7::double precision                as end_latitude,
  gap.end_longitude_e7 / 1e7::double precision               as end_longitude,
  vehicle.time_zone,
  gap.local_month,
  gap.device_key                                             as vehicle_key,
  vehicle.vehicle_label,
  gap.trip_key,
  case
    when cause.likely_cause = 'odometer_set_back' then 'measured'
    when cause.likely_cause in ('unplugged', 'no_signal', 'no_gps') and cause.is_reported then 'reported'
    when cause.likely_cause <> 'unknown' then 'inferred'
  end                                                        as cause_certainty,
  gap.local_week,
  gap.local_year,
  response.response_key,
  response.requested_at
from gap
left join bi.vehicle on vehicle.vehicle_key = gap.device_key
left join etl.response_day as response
  on response.device_key = gap.device_key and response.day = gap.day and response.asked_day = gap.asked_day
cross join lateral (
  select
    case
      when gap.end_mileage_km < gap.start_mileage_km then 'odometer_set_back'
      when coverage.complete_days < coverage.days then 'days_missing'
      when error.was_unplugged then 'unplugged'
      when error.had_no_signal then 'no_signal'
      when error.had_no_gps then 'no_gps'
      when gap.end_mileage_km - gap.start_mileage_km <= 1 then 'rounding'
      when sensor.was_without_power then 'unplugged'
      when sensor.was_silent then 'no_signal'
      else 'unknown'
    end                                                      as likely_cause,
    error.was_unplugged or error.had_no_signal or error.had_no_gps as is_reported
  from (
    select
      (gap.ended_at at time zone 'UTC')::date - (gap.started_at at time zone 'UTC')::date + 1 as days,
      count(*) filter (where state in ('final', 'empty'))    as complete_days
    from etl.checkpoint
    where checkpoint.device_key = gap.device_key
      and checkpoint.day between (gap.started_at at time zone 'UTC')::date and (gap.ended_at at time zone 'UTC')::date
  ) as coverage
  cross join (
    select
      coalesce(bool_or(error_code in (1, 2)), false)         as was_unplugged,
      coalesce(bool_or(error_code = 3), false)               as had_no_signal,
      coalesce(bool_or(error_code in (4, 5)), false)         as had_no_gps
    from (
      -- A response still reports when the last error occurred, however long ago.
      select reading.error_code
      from warehouse.device_reading as reading
      where reading.device_key = gap.device_key and reading.error_at between gap.started_at and gap.ended_at
      union all
      select reading.error_code
      from warehouse.device_reading as reading
      where reading.device_key = gap.device_key
        and reading.read_at between gap.started_at and gap.ended_at
        and reading.error_at is null
    ) as reported
  ) as error
  cross join (
    select
      coalesce(bool_or(reading.external_voltage_v < 6), false)                                       as was_without_power,
      coalesce(bool_or(reading.heartbeat_at < reading.last_answered_at - interval '12 hours'), false) as was_silent
    from warehouse.device_reading as reading
    where reading.device_key = gap.device_key and reading.read_at between gap.started_at and gap.ended_at
  ) as sensor
) as cause;

comment on view bi.odometer_gap is
  'One row per break in a vehicle''s chain of FLEETIZE mileages: kilometres between two trips that belong to no trip. Key: trip_key. Additive: gap_km, duration_s. Not additive: start_mileage_km, end_mileage_km. NULL: the response has no position; cause_certainty of an unknown cause; response_key and requested_at if the response is pruned. gap_km together with distance_km of bi.logbook is always the last mileage minus the first. FLEETIZE mileage, not the dashboard''s odometer, which has to be compared by hand. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.odometer_gap.account is 'Name of the account. Source: configuration.';
comment on column bi.odometer_gap.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.odometer_gap.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.odometer_gap.local_date is 'Local calendar day to which the gap belongs: that of the departure after it, as in bi.logbook.';
comment on column bi.odometer_gap.previous_departed_at is 'Departure of the last trip before the gap that has a mileage.';
comment on column bi.odometer_gap.departed_at is 'Departure of the trip after the gap: with account and device_id its key in bi.logbook.';
comment on column bi.odometer_gap.started_at is 'When start_mileage_km was read: the arrival before the gap.';
comment on column bi.odometer_gap.ended_at is 'When end_mileage_km was read: the departure after the gap.';
comment on column bi.odometer_gap.started_local is 'started_at as local wall-clock time.';
comment on column bi.odometer_gap.ended_local is 'ended_at as local wall-clock time.';
comment on column bi.odometer_gap.duration_s is 'Seconds from started_at to ended_at; negative if trips overlap.';
comment on column bi.odometer_gap.start_mileage_km is 'FLEETIZE mileage before the gap, km. Tag destination_mileage.';
comment on column bi.odometer_gap.end_mileage_km is 'FLEETIZE mileage after the gap, km. Tag origin_mileage.';
comment on column bi.odometer_gap.gap_km is 'end_mileage_km minus start_mileage_km, km: never 0, negative when the mileage was set back.';
comment on column bi.odometer_gap.likely_cause is
  'odometer_set_back (it fell) · days_missing (a UTC day of the gap is not final) · unplugged (error 1 or 2 in the gap) · no_signal (error 3) · no_gps (error 4 or 5) · rounding (at most 1 km) · unknown. The first that holds; then, before unknown, unplugged if the external voltage was below 6 V in the gap, and no_signal if the device was silent for 12 h. The vendor names no cause.';
comment on column bi.odometer_gap.start_latitude is 'Latitude of the arrival before the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.start_longitude is 'Longitude of the arrival before the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.end_latitude is 'Latitude of the departure after the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.end_longitude is 'Longitude of the departure after the gap, degrees, WGS 84.';
comment on column bi.odometer_gap.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.odometer_gap.local_month is 'First day of the month of local_date.';
comment on column bi.odometer_gap.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.odometer_gap.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.odometer_gap.trip_key is 'Key of the trip after the gap, as in bi.logbook.';
comment on column bi.odometer_gap.cause_certainty is
  'measured (the mileages themselves show it) · reported (the device reported the error, with its time) · inferred (from coverage, voltage, silence or size): how sure likely_cause is; NULL if unknown.';
comment on column bi.odometer_gap.local_week is 'Monday of the ISO week of local_date.';
comment on column bi.odometer_gap.local_year is 'First day of the year of local_date.';
comment on column bi.odometer_gap.response_key is 'Response that the trip that ended the gap was taken from, as in bi.logbook.';
comment on column bi.odometer_gap.requested_at is 'When that response was requested, as in bi.logbook.';
