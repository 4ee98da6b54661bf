-- One row per period in which a vehicle's device reports the same error; from device_reading, device_error, vehicle.
-- requires: vehicle
create view bi.error_episode as
with
reported as (
  select
    device_key,
    read_at,
    error_code,
    error_text,
    error_at,
    coalesce(error_code = lag(error_code) over readings, false) as continues
  from warehouse.device_reading
  where error_code is not null
  window readings as (partition by device_key order by read_at, last_answered_at, fingerprint)
),
numbered as (
  select *, count(*) filter (where not continues) over (partition by device_key order by read_at, continues) as episode_no
  from reported
),
episode as (
  select
    device_key,
    error_code,
    min(read_at)                                             as first_read_at,
    max(read_at)                                             as last_read_at,
    min(error_at)                                            as error_at,
    (array_agg(error_text order by read_at desc) filter (where error_text is not null))[1] as error_text,
    count(*)::integer                                        as reading_count
  from numbered
  group by device_key, episode_no, error_code
),
bounded as (
  select *, lead(first_read_at) over (partition by device_key order by first_read_at) as ended_at from episode
)
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  least(bounded.error_at, bounded.first_read_at)             as started_at,
  bounded.ended_at,
  bounded.error_code,
  coalesce(device_error.name, 'unknown')                     as error,
  bounded.error_text,
  bounded.first_read_at,
  bounded.last_read_at,
  bounded.reading_count,
  bounded.device_key                                         as vehicle_key,
  vehicle.vehicle_label
from bounded
left join bi.vehicle on vehicle.vehicle_key = bounded.device_key
left join warehouse.device_error on device_error.error_code = bounded.error_code
where bounded.error_code <> 0;

comment on view bi.error_episode is
  'One row per period in which a vehicle''s device reports the same error. Key: vehicle_key, first_read_at, error_code. Additive: reading_count. NULL: ended_at while the error lasts; error_text without one. An error that began and ended between two readings is not seen. Source: device lists and node "device".';
comment on column bi.error_episode.account is 'Name of the account. Source: configuration.';
comment on column bi.error_episode.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.error_episode.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.error_episode.started_at is 'When the error occurred, otherwise the first reading that reports it. Tag error_code_time.';
comment on column bi.error_episode.ended_at is 'First reading after it without the error; NULL while it lasts.';
comment on column bi.error_episode.error_code is 'Error as sent; undocumented codes are kept. Tag error_code.';
comment on column bi.error_episode.error is 'Name of the error in the vendor''s document; unknown for an undocumented code.';
comment on column bi.error_episode.error_text is 'The vendor''s latest text for the error, localised. Tag error_text.';
comment on column bi.error_episode.first_read_at is 'First reading that reports it. Tag heartbeat_timestamp.';
comment on column bi.error_episode.last_read_at is 'Last reading that reports it. Tag heartbeat_timestamp.';
comment on column bi.error_episode.reading_count is 'Readings that report it.';
comment on column bi.error_episode.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.error_episode.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
