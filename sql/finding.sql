-- One row a finding; from finding, account, device, response, checkpoint.
create view bi.finding as
select
  account.name                                             as account,
  device.device_id,
  finding.day,
  finding.departed_at,
  finding.rule,
  finding.severity,
  finding.occurrences,
  finding.detail,
  finding.sample,
  response.requested_at                                    as found_at
from etl.finding
join warehouse.account using (account_key)
left join warehouse.device using (device_key)
left join etl.response using (response_key)
union all
select
  account.name,
  device.device_id,
  checkpoint.day,
  null,
  'settled_without_proof',
  'info',
  1,
  'The settling time is over: the day is taken as final, though nothing proved that all of it was told.',
  null,
  checkpoint.fetched_at
from etl.checkpoint
join warehouse.device using (device_key)
join warehouse.account using (account_key)
where checkpoint.reason = 'settled';

comment on view bi.finding is
  'One row a data-quality fact: what was odd in a response or in a day''s rows, and what was done with it. Nothing is dropped without one. Source: the exporter''s checks.';
comment on column bi.finding.account is 'Name of the account. Source: configuration.';
comment on column bi.finding.device_id is 'The vendor''s number of the device; NULL for a finding about a list as a whole. Tag device_id.';
comment on column bi.finding.day is 'UTC day concerned; NULL for a finding in a list.';
comment on column bi.finding.departed_at is 'Departure of the trip concerned, as in bi.logbook; NULL for none. Tag origin_timestamp.';
comment on column bi.finding.rule is 'Stable code of what was found, such as point_garbled.';
comment on column bi.finding.severity is
  'info (tolerated, nothing lost) · warning (a value was dropped or is implausible) · error (a response or a route could not be used).';
comment on column bi.finding.occurrences is 'How often it was met at this place, 1 or more.';
comment on column bi.finding.detail is 'What was found and what was done.';
comment on column bi.finding.sample is 'The first offending text as sent, at most 200 characters; NULL where there is none.';
comment on column bi.finding.found_at is
  'When the response concerned was requested; NULL for a finding about a day''s rows together, and when the response is no longer kept.';
