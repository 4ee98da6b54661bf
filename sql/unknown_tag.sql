-- One row per account, vehicle, UTC day and tag that the vendor's document does not have; from finding, response, vehicle.
-- requires: vehicle
create view bi.unknown_tag as
with
seen as (
  select
    finding.account_key,
    finding.device_key,
    coalesce(finding.day, response.day)                    as day,
    -- The finding's text begins with the tag.
    regexp_replace(finding.detail, ': [^:]*$', '')         as tag,
    finding.sample,
    finding.occurrences
  from etl.finding
  left join etl.response using (response_key)
  where finding.rule = 'unknown_tag'
)
select
  account.name                                             as account,
  vehicle.device_id,
  seen.day,
  seen.tag,
  min(seen.sample)                                         as sample,
  sum(seen.occurrences)::integer                           as occurrences,
  seen.device_key                                          as vehicle_key,
  vehicle.vehicle_label
from seen
join warehouse.account using (account_key)
left join bi.vehicle on vehicle.vehicle_key = seen.device_key
group by account.name, vehicle.device_id, seen.day, seen.tag, seen.device_key, vehicle.vehicle_label;

comment on view bi.unknown_tag is
  'One row per account, vehicle, UTC day and tag that the vendor''s document does not contain. Key: none. Additive: occurrences. NULL: does not apply to a tag in device lists. For the whole responses, run fleetize-etl answer show. Source: the exporter''s checks.';
comment on column bi.unknown_tag.account is 'Name of the account. Source: configuration.';
comment on column bi.unknown_tag.device_id is 'The vendor''s number of the device; NULL for tags in device lists. Tag device_id.';
comment on column bi.unknown_tag.day is 'UTC day that was asked for; for a device list the day of the request.';
comment on column bi.unknown_tag.tag is 'Name of the tag or node.';
comment on column bi.unknown_tag.sample is 'One of its values as sent, at most 200 characters; NULL if it was always empty.';
comment on column bi.unknown_tag.occurrences is 'How often it occurred.';
comment on column bi.unknown_tag.vehicle_key is 'Key of the vehicle, as in bi.vehicle; NULL for tags in device lists.';
comment on column bi.unknown_tag.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle; NULL for tags in device lists.';
