-- One row per account and UTC day that was ever due: whether its data is complete; from data_coverage, vehicle, followed_device.
-- requires: data_coverage
create view bi.readiness as
with
due as (
  select account, day, state from bi.data_coverage
  union all
  -- Vehicles that the nightly run covers, and has not come to yet.
  select vehicle.account, asked.day, null
  from (select distinct account, day from bi.data_coverage) as asked
  join bi.vehicle using (account)
  join etl.followed_device on followed_device.device_key = vehicle.vehicle_key and followed_device.first_day <= asked.day
  where (vehicle.retired_from is null or asked.day < vehicle.retired_from)
    and not exists (
      select from etl.checkpoint
      where checkpoint.device_key = vehicle.vehicle_key and checkpoint.day = asked.day)
    and not exists (
      select from etl.erasure
      where erasure.device_key = vehicle.vehicle_key and asked.day between erasure.from_day and erasure.to_day)
),
counted as (
  select
    account,
    day,
    count(*)::integer                                                             as vehicle_count,
    count(*) filter (where state in ('final', 'empty', 'beyond_history'))::integer as closed_count,
    count(*) filter (where state in ('final', 'empty'))::integer                  as complete_count
  from due
  group by account, day
)
select
  account,
  day,
  vehicle_count,
  closed_count,
  complete_count,
  closed_count = vehicle_count                                                    as is_ready,
  format('complete for %s of %s vehicles', complete_count, vehicle_count)         as summary
from counted;

comment on view bi.readiness is
  'One row per account and UTC day that was ever due: whether a job that needs the whole day may start. Key: account, day. Additive: vehicle_count, closed_count, complete_count. NULL: never. A day without a row was never asked for. Source: the exporter''s checkpoints.';
comment on column bi.readiness.account is 'Name of the account. Source: configuration.';
comment on column bi.readiness.day is 'UTC day, the unit of every fetch.';
comment on column bi.readiness.vehicle_count is 'Vehicles whose data of the day is due.';
comment on column bi.readiness.closed_count is
  'Of those, vehicles of which no more data is expected: final, empty or beyond_history in bi.data_coverage.';
comment on column bi.readiness.complete_count is 'Of those, vehicles whose data is complete: final or empty.';
comment on column bi.readiness.is_ready is 'Whether no more data is expected for any vehicle.';
comment on column bi.readiness.summary is 'The same for people, such as: complete for 5 of 7 vehicles.';
