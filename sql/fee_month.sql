-- One row per account and UTC month with API data; from device, account, device_reading, checkpoint.
create view bi.fee_month as
with
listed as (
  select device_key, month::date as month
  from warehouse.device_reading
  cross join lateral generate_series(
    date_trunc('month', first_answered_at at time zone 'UTC'), last_answered_at at time zone 'UTC', interval '1 month'
  ) as month
),
covered as (
  select
    device_key,
    date_trunc('month', day::timestamp)::date                as month,
    bool_or(route_count > 0)                                 as has_driven
  from etl.checkpoint
  where state <> 'pending' or fetched_at is not null
  group by 1, 2
),
device_month as (
  select device_key, month, true as is_listed, false as is_covered, false as has_driven from listed
  union all
  select device_key, month, false, true, has_driven from covered
)
select
  account.name                                               as account,
  month,
  count(distinct device_key)::integer                        as vehicle_count,
  (count(distinct device_key) filter (where is_listed))::integer  as answered_vehicle_count,
  (count(distinct device_key) filter (where is_covered))::integer as covered_vehicle_count,
  (count(distinct device_key) filter (where has_driven))::integer as driven_vehicle_count
from device_month
join warehouse.device using (device_key)
join warehouse.account using (account_key)
group by account.name, month;

comment on view bi.fee_month is
  'One row per account and UTC month with API data: how many vehicles have any, to compare with the vendor''s bill (a base fee per month and vehicle with API access). Key: account, month. Additive: nothing. Additive over accounts: vehicle_count, answered_vehicle_count, covered_vehicle_count, driven_vehicle_count. NULL: never. The bill itself, and which vehicles have access without data, are not in the API. Source: responses and checkpoints.';
comment on column bi.fee_month.account is 'Name of the account. Source: configuration.';
comment on column bi.fee_month.month is 'First day of the UTC month. Whether the vendor bills by UTC months is not documented.';
comment on column bi.fee_month.vehicle_count is 'Vehicles with any API data: those that appear in a response received in the month, and those of which a day of the month was fetched or proven empty, whenever that was.';
comment on column bi.fee_month.answered_vehicle_count is 'Vehicles that appear in a response received in the month, device lists included.';
comment on column bi.fee_month.covered_vehicle_count is 'Vehicles with days of the month that were fetched or proven empty, whenever that was.';
comment on column bi.fee_month.driven_vehicle_count is 'Vehicles with a route in the month.';
