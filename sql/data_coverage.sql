-- One row a device-day that was ever wanted; from checkpoint, failed_day, device, account.
create view bi.data_coverage as
select
  account.name                                             as account,
  device.device_id,
  checkpoint.day,
  case
    when checkpoint.state = 'pending' and failed_day.attempts >= 1 then 'failed'
    else checkpoint.state
  end                                                      as state,
  checkpoint.route_count,
  checkpoint.point_count,
  checkpoint.fetched_at
from etl.checkpoint
join warehouse.device using (device_key)
join warehouse.account using (account_key)
left join etl.failed_day using (device_key, day);

comment on view bi.data_coverage is
  'One row a device-day that was ever wanted: whether its data is complete. A day without a row was never asked for. Source: the exporter''s checkpoints.';
comment on column bi.data_coverage.account is 'Name of the account. Source: configuration.';
comment on column bi.data_coverage.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.data_coverage.day is 'UTC day. A local day needs two UTC days, in some zones three.';
comment on column bi.data_coverage.state is
  'pending (no whole response yet) · provisional (fetched, but more may come) · final (complete as far as can be known) · empty (final without routes, fetched or proven by two device lists) · failed (every attempt so far failed; tried again later).';
comment on column bi.data_coverage.route_count is 'Routes that depart on the day, whichever responses carried them.';
comment on column bi.data_coverage.point_count is 'Points of those routes.';
comment on column bi.data_coverage.fetched_at is 'When the latest whole response for the day was requested; NULL if there is none.';
