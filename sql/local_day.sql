-- One row a device and local day of which any UTC day was ever wanted; from checkpoint, failed_day, device, account, calendar.
--
-- A local day touches two UTC days, in UTC one, and three where it is longer than 24 h in a zone near Greenwich.
create view bi.local_day as
with
-- Which local days each wanted UTC day touches.
touched as (
  select
    account.name                                             as account,
    device.device_id,
    device.name                                              as device_name,
    coalesce(device.time_zone, account.time_zone)            as time_zone,
    calendar.local_date,
    calendar.local_month,
    case
      when checkpoint.state = 'pending' and failed_day.attempts >= 1 then 'failed'
      else checkpoint.state
    end                                                      as state
  from etl.checkpoint
  join warehouse.device using (device_key)
  join warehouse.account using (account_key)
  join warehouse.calendar
    on calendar.day = checkpoint.day
    and calendar.local_date
      between (calendar.day::timestamp at time zone 'UTC' at time zone coalesce(device.time_zone, account.time_zone))::date
      and (((calendar.day + 1)::timestamp at time zone 'UTC' - interval '1 microsecond')
        at time zone coalesce(device.time_zone, account.time_zone))::date
  left join etl.failed_day
    on failed_day.device_key = checkpoint.device_key and failed_day.day = checkpoint.day
),
wanted as (
  select
    account,
    device_id,
    device_name,
    local_date,
    local_month,
    time_zone,
    count(*)::integer                                                   as wanted_utc_day_count,
    (count(*) filter (where state in ('final', 'empty')))::integer      as complete_utc_day_count,
    bool_or(state = 'failed')                                           as any_failed,
    bool_or(state = 'pending')                                          as any_pending,
    local_date::timestamp at time zone time_zone                        as midnight_at,
    (local_date + 1)::timestamp at time zone time_zone                  as next_midnight_at
  from touched
  group by account, device_id, device_name, local_date, local_month, time_zone
),
-- Where clocks go back from 01:00 to 00:00 there are two midnights: the day begins with the first.
bounded as (
  select
    *,
    midnight_at - case
      when ((midnight_at - interval '1 hour') at time zone time_zone)::date = local_date then interval '1 hour'
      else interval '0'
    end                                                                 as begins_at,
    next_midnight_at - case
      when ((next_midnight_at - interval '1 hour') at time zone time_zone)::date = local_date + 1 then interval '1 hour'
      else interval '0'
    end                                                                 as ends_at
  from wanted
),
measured as (
  select
    *,
    ((ends_at - interval '1 microsecond') at time zone 'UTC')::date - (begins_at at time zone 'UTC')::date + 1
                                                                        as utc_day_count
  from bounded
  -- A local day that the zone once skipped is none.
  where begins_at < ends_at
)
select
  account,
  device_id,
  device_name,
  local_date,
  complete_utc_day_count = utc_day_count                                as is_complete,
  case
    when wanted_utc_day_count < utc_day_count then 'missing'
    when any_failed then 'failed'
    when any_pending then 'pending'
    when complete_utc_day_count < utc_day_count then 'provisional'
    else 'complete'
  end                                                                   as state,
  utc_day_count,
  complete_utc_day_count,
  begins_at,
  ends_at,
  extract(epoch from ends_at - begins_at)::integer                      as duration_s,
  time_zone,
  local_month
from measured;

comment on view bi.local_day is
  'One row a device and local day of which any UTC day was ever wanted: whether its trips are complete. A local day without a row was never asked for. Complete means that all UTC days which it touches are final or empty; the vendor gives no proof of it and no notice of late uploads or of a driver''s private mode, and what the device itself did not record is not in it. Source: the exporter''s checkpoints.';
comment on column bi.local_day.account is 'Name of the account. Source: configuration.';
comment on column bi.local_day.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.local_day.device_name is 'Current name of the device. Tag device_name.';
comment on column bi.local_day.local_date is 'Local calendar day, in the zone of the device, else of the account.';
comment on column bi.local_day.is_complete is 'Whether every UTC day that the local day touches is final or empty.';
comment on column bi.local_day.state is
  'complete, or the worst of its UTC days: missing (never asked for) · failed · pending · provisional, as in bi.data_coverage.';
comment on column bi.local_day.utc_day_count is 'UTC days that the local day touches: mostly 2; 1 in UTC, 3 for some long days.';
comment on column bi.local_day.complete_utc_day_count is 'Those of them that are final or empty.';
comment on column bi.local_day.begins_at is 'First moment of the local day.';
comment on column bi.local_day.ends_at is 'First moment after the local day.';
comment on column bi.local_day.duration_s is 'Length of the local day, s: 82800 or 90000 where clocks change by an hour. Computed.';
comment on column bi.local_day.time_zone is 'Zone of the local day: that of the device, else of the account. Source: configuration.';
comment on column bi.local_day.local_month is 'First day of the month of local_date.';
