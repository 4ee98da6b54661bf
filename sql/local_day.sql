-- One row per vehicle and local day of which any UTC day was ever due; from vehicle, data_coverage, calendar, route.
-- requires: data_coverage, vehicle
--
-- Vehicle by vehicle, so that a filter by any attribute of the vehicle reaches the indexes, and no aggregate exceeds the memory.
-- A local day touches two UTC days, in UTC one, and three where it is longer than 24 h in a zone near Greenwich.
create view bi.local_day as
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  known.local_date,
  known.complete_utc_day_count = bounds.utc_day_count                   as is_complete,
  case
    when known.known_utc_day_count < bounds.utc_day_count then 'missing'
    when known.any_failed then 'failed'
    when known.any_pending then 'pending'
    when known.any_provisional then 'provisional'
    when known.complete_utc_day_count < bounds.utc_day_count then 'beyond_history'
    else 'complete'
  end                                                                   as state,
  bounds.utc_day_count,
  known.complete_utc_day_count,
  bounds.begins_at,
  bounds.ends_at,
  warehouse.seconds_between(bounds.begins_at, bounds.ends_at)           as duration_s,
  vehicle.time_zone,
  known.local_month,
  vehicle.vehicle_key,
  vehicle.vehicle_label,
  coalesce(gap.touches, false)                                          as has_gap,
  known.local_week,
  known.local_year,
  coalesce(gap.contains, false)                                         as in_gap,
  known.changed_at
from bi.vehicle
cross join lateral (
  select
    local_date,
    local_week,
    local_month,
    local_year,
    count(*)::integer                                                   as known_utc_day_count,
    (count(*) filter (where state in ('final', 'empty')))::integer      as complete_utc_day_count,
    bool_or(state = 'failed')                                           as any_failed,
    bool_or(state = 'pending')                                          as any_pending,
    bool_or(state = 'provisional')                                      as any_provisional,
    max(changed_at)                                                     as changed_at,
    local_date::timestamp at time zone vehicle.time_zone                as midnight_at,
    (local_date + 1)::timestamp at time zone vehicle.time_zone          as next_midnight_at
  from bi.data_coverage as coverage
  -- The local days that each UTC day touches.
  join warehouse.calendar
    on calendar.day = coverage.day
    and calendar.local_date
      between (calendar.day::timestamp at time zone 'UTC' at time zone vehicle.time_zone)::date
      and (((calendar.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond') at time zone vehicle.time_zone)::date
  where coverage.vehicle_key = vehicle.vehicle_key
  group by local_date, local_week, local_month, local_year
) as known
-- Where clocks go back from 01:00 to 00:00 there are two midnights: the day begins with the first.
cross join lateral (
  select
    midnight_at - case
      when ((midnight_at - interval '1 hour') at time zone vehicle.time_zone)::date = local_date then interval '1 hour'
      else interval '0'
    end                                                                 as begins_at,
    next_midnight_at - case
      when ((next_midnight_at - interval '1 hour') at time zone vehicle.time_zone)::date = local_date + 1 then interval '1 hour'
      else interval '0'
    end                                                                 as ends_at
) as bounded
cross join lateral (
  select
    begins_at,
    ends_at,
    ((ends_at - interval '1 microsecond') at time zone 'UTC')::date - (begins_at at time zone 'UTC')::date + 1 as utc_day_count
) as bounds
-- The breaks of bi.odometer_gap between the mileages of the day's trips, of the last one before and of the first one after it.
left join lateral (
  select
    bool_or(started_at < bounds.ends_at and ended_at > bounds.begins_at)    as touches,
    bool_or(started_at <= bounds.begins_at and ended_at >= bounds.ends_at)  as contains
  from (
    select
      lag(coalesce(case when destination_mileage_km is not null then arrived_at end, departed_at)) over trips as started_at,
      coalesce(case when origin_mileage_km is null then arrived_at end, departed_at)                          as ended_at,
      coalesce(origin_mileage_km, destination_mileage_km)
        - lag(coalesce(destination_mileage_km, origin_mileage_km)) over trips   as gap_km
    from warehouse.route
    where route.device_key = vehicle.vehicle_key
      and coalesce(origin_mileage_km, destination_mileage_km) is not null
      and route.departed_at >= coalesce((
        select case when earlier.device_key = vehicle.vehicle_key then earlier.departed_at end
        from warehouse.route as earlier
        where (earlier.device_key, earlier.departed_at) < (vehicle.vehicle_key, bounds.begins_at)
          and coalesce(earlier.origin_mileage_km, earlier.destination_mileage_km) is not null
        order by earlier.device_key desc, earlier.departed_at desc
        limit 1
      ), bounds.begins_at)
      and route.departed_at <= coalesce((
        select case when later.device_key = vehicle.vehicle_key then later.departed_at end
        from warehouse.route as later
        where (later.device_key, later.departed_at) >= (vehicle.vehicle_key, bounds.ends_at)
          and coalesce(later.origin_mileage_km, later.destination_mileage_km) is not null
        order by later.device_key, later.departed_at
        limit 1
      ), bounds.ends_at)
    window trips as (order by departed_at)
  ) as step
  where abs(gap_km) > 1
) as gap on true
-- Not a day that the zone once skipped.
where bounds.begins_at < bounds.ends_at;

comment on view bi.local_day is
  'One row per vehicle and local day of which any UTC day was ever due. Key: vehicle_key, local_date. Additive: duration_s. Not additive: utc_day_count, complete_utc_day_count. NULL: never. is_complete says whether all trips of the day are known, has_gap whether kilometres were driven without a trip. A local day without a row was never asked for. Complete means that all UTC days that it touches are final or empty: the vendor gives no proof of that and no notice of late uploads or of a driver''s private mode. Source: the exporter''s checkpoints.';
comment on column bi.local_day.account is 'Name of the account. Source: configuration.';
comment on column bi.local_day.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.local_day.device_name is 'Name of the vehicle now, also on old days. Tag device_name.';
comment on column bi.local_day.local_date is 'Local calendar day, in the zone of the device, otherwise of the account.';
comment on column bi.local_day.is_complete is 'Whether every UTC day that the local day touches is final or empty.';
comment on column bi.local_day.state is
  'complete · missing (a UTC day was never asked for) · failed · pending · provisional · beyond_history: the worst state of its UTC days, as in bi.data_coverage.';
comment on column bi.local_day.utc_day_count is 'UTC days that the local day touches: mostly 2; 1 in UTC, 3 for some long days.';
comment on column bi.local_day.complete_utc_day_count is 'Those of them that are final or empty.';
comment on column bi.local_day.begins_at is 'First moment of the local day.';
comment on column bi.local_day.ends_at is 'First moment after the local day.';
comment on column bi.local_day.duration_s is 'Length of the local day, s: 82800 or 90000 when clocks change by an hour. Computed.';
comment on column bi.local_day.time_zone is 'Zone of the local day: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.local_day.local_month is 'First day of the month of local_date.';
comment on column bi.local_day.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.local_day.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.local_day.has_gap is
  'Whether an interval of bi.odometer_gap with more than 1 km touches the day, ended or not: the vehicle may have been driven without a trip.';
comment on column bi.local_day.local_week is 'Monday of the ISO week of local_date.';
comment on column bi.local_day.local_year is 'First day of the year of local_date.';
comment on column bi.local_day.in_gap is
  'Whether the whole day lies inside such an interval: that it has no trip says nothing about whether the vehicle was driven.';
comment on column bi.local_day.changed_at is
  'When the rows or the state of any of its UTC days were last written, as in bi.data_coverage.';
