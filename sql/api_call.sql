-- One row per API call; from api_call, run, vehicle, account.
-- requires: vehicle
create view bi.api_call as
select
  account.name                                             as account,
  api_call.call_key                                        as call,
  api_call.run_key                                         as run,
  run.command,
  api_call.action,
  vehicle.device_id,
  api_call.day                                             as asked_day,
  api_call.started_at,
  api_call.ended_at,
  warehouse.seconds_between(api_call.started_at, api_call.ended_at) as duration_s,
  api_call.outcome,
  api_call.http_status,
  api_call.vendor_code,
  api_call.egress,
  api_call.detail,
  (api_call.started_at at time zone 'UTC')::date           as call_day,
  api_call.device_key                                      as vehicle_key,
  vehicle.vehicle_label
from etl.api_call
join warehouse.account using (account_key)
left join etl.run using (run_key)
left join bi.vehicle on vehicle.vehicle_key = api_call.device_key;

comment on view bi.api_call is
  'One row per API call, with its purpose and outcome. Key: call. Additive: duration_s. NULL: does not apply, or not known yet. Count rows by day, command, action and outcome to see where the quota went. Source: the call ledger.';
comment on column bi.api_call.account is 'Name of the account whose quota the call counts against. Source: configuration.';
comment on column bi.api_call.call is 'Number of the call, in order of start.';
comment on column bi.api_call.run is 'Run that made it, as in bi.run.';
comment on column bi.api_call.command is 'Command of that run, such as run or backfill.';
comment on column bi.api_call.action is 'The vendor''s action code: devicelist or device.';
comment on column bi.api_call.device_id is 'Vehicle asked for, the vendor''s number of the device; NULL for a device list. Tag device_id.';
comment on column bi.api_call.asked_day is 'UTC day that the request named; NULL for a device list.';
comment on column bi.api_call.started_at is 'When the call was booked, just before the request left.';
comment on column bi.api_call.ended_at is 'When the response was complete or the program gave up; NULL while in flight.';
comment on column bi.api_call.duration_s is 'Seconds from started_at to ended_at.';
comment on column bi.api_call.outcome is
  'answered · refused (a vendor error) · unusable (a response that does not count) · unreached (nothing was sent) · unknown (timeout, reset, killed); NULL while in flight.';
comment on column bi.api_call.http_status is 'HTTP status of the response; NULL without one.';
comment on column bi.api_call.vendor_code is 'Number of the vendor''s error, such as 1055; NULL without one.';
comment on column bi.api_call.egress is 'Name of the IP address that the call left from. Source: configuration.';
comment on column bi.api_call.detail is 'What went wrong; NULL if nothing did.';
comment on column bi.api_call.call_day is 'UTC day on which the call was made.';
comment on column bi.api_call.vehicle_key is 'Key of the vehicle asked for, as in bi.vehicle; NULL for a device list.';
comment on column bi.api_call.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle; NULL for a device list.';
