-- One row per finding; from finding, finding_acknowledgement, account, vehicle, response, response_day, checkpoint.
-- requires: vehicle
create view bi.finding as
with
known as (
  select
    account.name                                             as account,
    vehicle.device_id,
    finding.day,
    finding.departed_at,
    finding.rule,
    finding.severity,
    finding.occurrences,
    finding.detail,
    finding.sample,
    response.requested_at                                    as found_at,
    latest.requested_at                                      as resolved_at,
    case when latest.requested_at is not null then 'a later response for the day replaced this one' end as resolution,
    finding.device_key                                       as vehicle_key,
    vehicle.vehicle_label,
    finding.device_key * 4294967296 + extract(epoch from finding.departed_at - timestamptz '1970-01-01 00:00Z')::bigint as trip_key,
    finding.response_key
  from etl.finding
  join warehouse.account using (account_key)
  left join bi.vehicle on vehicle.vehicle_key = finding.device_key
  left join etl.response using (response_key)
  left join etl.response_day as latest
    on latest.device_key = response.device_key and latest.asked_day = response.day and latest.day = response.day
    and latest.requested_at > response.requested_at
  union all
  select
    vehicle.account,
    vehicle.device_id,
    checkpoint.day,
    null,
    'settled_without_proof',
    'info',
    1,
    'The settling time is over: the day counts as final, although nothing proves that all of its trips are known.',
    null,
    checkpoint.fetched_at,
    null,
    null,
    checkpoint.device_key,
    vehicle.vehicle_label,
    null,
    null
  from etl.checkpoint
  join bi.vehicle on vehicle.vehicle_key = checkpoint.device_key
  where checkpoint.reason = 'settled'
)
select
  known.*,
  acknowledgement.acknowledged_at,
  acknowledgement.note
from known
left join lateral (
  select finding_acknowledgement.acknowledged_at, finding_acknowledgement.note
  from etl.finding_acknowledgement
  join warehouse.account using (account_key)
  where account.name = known.account and finding_acknowledgement.rule = known.rule
    and (finding_acknowledgement.device_key is null or finding_acknowledgement.device_key = known.vehicle_key)
    -- A statement about all days covers those before it, so that new trouble is seen.
    and coalesce(finding_acknowledgement.day = known.day,
                 coalesce(known.found_at, known.day::timestamp at time zone 'UTC') <= finding_acknowledgement.acknowledged_at)
  order by finding_acknowledgement.acknowledged_at desc
  limit 1
) as acknowledgement on true;

comment on view bi.finding is
  'One row per data-quality fact: what was odd in a response or in a day''s rows, and what was done with it. Key: none. Additive: occurrences. NULL: does not apply, or the response is no longer kept. Nothing is dropped without one. Source: the exporter''s checks.';
comment on column bi.finding.account is 'Name of the account. Source: configuration.';
comment on column bi.finding.device_id is 'The vendor''s number of the device; NULL for a finding about a list as a whole. Tag device_id.';
comment on column bi.finding.day is 'UTC day concerned; NULL for a finding in a list.';
comment on column bi.finding.departed_at is 'Departure of the trip concerned, as in bi.logbook; NULL if no trip is concerned. Tag origin_timestamp.';
comment on column bi.finding.rule is 'Stable code of what was found, such as point_garbled.';
comment on column bi.finding.severity is
  'info (tolerated, nothing lost) · warning (a value was dropped or is implausible) · error (a response or a route could not be used).';
comment on column bi.finding.occurrences is 'How often it occurred at this place, 1 or more.';
comment on column bi.finding.detail is 'What was found and what was done.';
comment on column bi.finding.sample is 'The first offending text as sent, at most 200 characters; NULL if there is none.';
comment on column bi.finding.found_at is
  'When the response concerned was requested; NULL for a finding about a day''s rows together, and if the response is no longer kept.';
comment on column bi.finding.resolved_at is
  'When the response that replaced the one concerned was requested: the finding is no longer about what the views show. NULL if it still is.';
comment on column bi.finding.resolution is 'Why it is resolved; NULL if it is not.';
comment on column bi.finding.vehicle_key is 'Key of the vehicle, as in bi.vehicle; NULL for a finding about a list as a whole.';
comment on column bi.finding.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle; NULL for a finding about a list as a whole.';
comment on column bi.finding.trip_key is 'Key of the trip concerned, as in bi.logbook; NULL if no trip is concerned. The trip may be gone.';
comment on column bi.finding.response_key is
  'Response concerned, a number of the archive; NULL for a finding about a day''s rows together. found_at says when it was requested.';
comment on column bi.finding.acknowledged_at is 'When a person stated that it is known; NULL if nobody did. Source: the command finding acknowledge.';
comment on column bi.finding.note is 'What that person knows about it; NULL if nobody did.';
