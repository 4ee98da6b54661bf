-- One row per vehicle and local day that was ever due or on which it drove; from vehicle, usage_hour, local_day.
-- requires: usage_hour, local_day, vehicle
--
-- Vehicle by vehicle, so that a filter by any attribute of the vehicle reaches the indexes, and no aggregate exceeds the memory.
create view bi.usage_day as
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  day.local_date,
  extract(isodow from day.local_date)::integer               as weekday,
  extract(isodow from day.local_date) >= 6                   as is_weekend,
  day.was_used,
  (day.driving_s / 60.0)::numeric(18,2)                      as driving_min,
  (day.night_s / 60.0)::numeric(18,2)                        as night_min,
  case when day.is_complete then greatest((day.day_s - day.driving_s) / 60.0, 0) end::numeric(18,2) as standing_min,
  day.distance_km::numeric(19,3)                             as distance_km,
  day.first_moved_at,
  day.last_moved_at,
  day.first_moved_at at time zone vehicle.time_zone          as first_moved_local,
  day.last_moved_at at time zone vehicle.time_zone           as last_moved_local,
  day.is_complete,
  day.has_gap,
  day.local_month,
  vehicle.time_zone,
  day.driving_s::integer                                     as driving_s,
  vehicle.vehicle_key,
  vehicle.vehicle_label,
  day.in_gap
from bi.vehicle
cross join lateral (
  select
    local_date,
    local_month,
    count(hour) > 0                                          as was_used,
    coalesce(sum(driving_s), 0)                              as driving_s,
    coalesce(sum(driving_s) filter (where hour >= 22 or hour < 6), 0) as night_s,
    case when count(hour) = 0 then 0 else sum(distance_km) end as distance_km,
    min(first_moved_at)                                      as first_moved_at,
    max(last_moved_at)                                       as last_moved_at,
    max(day_s)                                               as day_s,
    coalesce(bool_or(is_complete), false)                    as is_complete,
    coalesce(bool_or(has_gap), false)                        as has_gap,
    coalesce(bool_or(in_gap), false)                         as in_gap
  from (
    -- Hours and days in one heap: a reader's filter reaches both, which it would not through a join.
    select
      local_date, local_month, hour, driving_s, distance_km, first_moved_at, last_moved_at,
      null::integer as day_s, null::boolean as is_complete, null::boolean as has_gap, null::boolean as in_gap
    from bi.usage_hour
    where usage_hour.vehicle_key = vehicle.vehicle_key
    union all
    select
      local_date, local_month, null, null, null, null, null,
      duration_s, is_complete, has_gap, in_gap
    from bi.local_day
    where local_day.vehicle_key = vehicle.vehicle_key
  ) as part
  group by local_date, local_month
) as day;

comment on view bi.usage_day is
  'One row per vehicle and local day that was ever due or on which it drove, whenever the trip began: was it used, when and for how long. Key: vehicle_key, local_date. Additive: driving_min, night_min, standing_min, distance_km, driving_s. NULL: standing_min of a day that is not complete; distance_km without mileages; moments of a day without driving. Unlike bi.logbook_day, a trip over midnight counts on both days. Source: bi.usage_hour, bi.local_day.';
comment on column bi.usage_day.account is 'Name of the account. Source: configuration.';
comment on column bi.usage_day.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.usage_day.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.usage_day.local_date is 'Local calendar day, in the zone of the device, otherwise of the account.';
comment on column bi.usage_day.weekday is 'Local weekday, 1 Monday to 7 Sunday.';
comment on column bi.usage_day.is_weekend is 'Whether the day is a Saturday or a Sunday.';
comment on column bi.usage_day.was_used is 'Whether any trip was under way on the day; one without an arrival does not count. False is certain only if is_complete and not has_gap.';
comment on column bi.usage_day.driving_min is 'Minutes driven on the day, pauses excluded.';
comment on column bi.usage_day.night_min is 'The part of driving_min between 22:00 and 06:00 local time, minutes.';
comment on column bi.usage_day.standing_min is 'Minutes of the day that were not driven; NULL if the day is not complete.';
comment on column bi.usage_day.distance_km is
  'Distance driven on the day, km: that of each trip, shared out by time; NULL if no trip of the day has one. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.usage_day.first_moved_at is 'First moment of the day in a trip; midnight if one was under way. Tag origin_timestamp.';
comment on column bi.usage_day.last_moved_at is 'Last moment of the day in a trip; midnight if one was under way. Tag destination_timestamp.';
comment on column bi.usage_day.first_moved_local is 'first_moved_at as local wall-clock time.';
comment on column bi.usage_day.last_moved_local is 'last_moved_at as local wall-clock time.';
comment on column bi.usage_day.is_complete is 'Whether all trips that depart on the day are known, as in bi.local_day.';
comment on column bi.usage_day.has_gap is 'Whether kilometres may have been driven without a trip, as in bi.local_day.';
comment on column bi.usage_day.local_month is 'First day of the month of local_date.';
comment on column bi.usage_day.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.usage_day.driving_s is 'Seconds driven on the day, pauses excluded: exact, where driving_min is rounded.';
comment on column bi.usage_day.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.usage_day.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.usage_day.in_gap is 'Whether the whole day lies inside such an interval, as in bi.local_day.';
