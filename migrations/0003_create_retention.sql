-- How months of the two big tables come and go, and what is erased on purpose.

create table etl.prune_horizon (
  subject    text        primary key,
  before_day date        not null,
  pruned_at  timestamptz not null,
  constraint prune_horizon_subject_is_known check (subject in ('points', 'responses'))
);
comment on table etl.prune_horizon is
  'One row per kind of data that was ever pruned: up to which day. Points of days before the horizon are not written again. Outside the function of the archive.';
comment on column etl.prune_horizon.subject is 'points (warehouse.route_point) or responses (etl.response).';
comment on column etl.prune_horizon.before_day is 'First UTC day that is kept.';
comment on column etl.prune_horizon.pruned_at is 'When it was last pruned, UTC.';

create table etl.partition_to_drop (
  parent    text not null,
  partition text primary key,
  constraint partition_to_drop_parent_is_known check (parent in ('warehouse.route_point', 'etl.response'))
);
comment on table etl.partition_to_drop is
  'One row per monthly partition that is being dropped, from before the first step until after the last. If a prune is killed, the next one finishes its work from here.';
comment on column etl.partition_to_drop.parent is 'Table that it is, or was, a partition of.';
comment on column etl.partition_to_drop.partition is 'Name of the partition with its schema.';

-- Creates the partition as a plain table and then attaches it, so that no load waits. Runs as its owner, because a loader may not
-- create tables: so the temporary schema comes last in the search path, where nobody can shadow a catalogue.
create function etl.ensure_partition(parent regclass, partition_day date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  month_start date := date_trunc('month', partition_day::timestamp);
  month_end   date := month_start + interval '1 month';
  child       text;
begin
  select format('%I.%I', n.nspname, c.relname || '_' || to_char(month_start, 'YYYY_MM')) into child
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.oid = parent and c.oid in ('warehouse.route_point'::regclass, 'etl.response'::regclass);
  if not found then
    raise exception 'no monthly partitions are kept for %', parent;
  end if;
  -- A month whose points are pruned needs no partition.
  if parent = 'warehouse.route_point'::regclass
    and exists (select from etl.prune_horizon where subject = 'points' and before_day >= month_end) then
    return;
  end if;
  -- A table of that name that is no longer attached is in the way: creating it fails with its name.
  if pg_partition_root(to_regclass(child)) = parent then
    return;
  end if;
  -- One session at a time, by the lock that attaching takes anyway; loads continue meanwhile. An advisory lock would not do: only after
  -- a lock on the table does this session see the partition that another session has just made.
  execute format('lock table only %s in share update exclusive mode', parent);
  if pg_partition_root(to_regclass(child)) = parent then
    return;
  end if;
  execute format('create table %s (like %s including defaults including constraints including storage)', child, parent);
  -- A partition does not inherit it.
  if parent = 'warehouse.route_point'::regclass then
    execute format('alter table %s replica identity full', child);
  end if;
  execute format('alter table %s attach partition %s for values from (%L) to (%L)', parent, child, month_start, month_end);
end
$$;
revoke execute on function etl.ensure_partition(regclass, date) from public;
comment on function etl.ensure_partition(regclass, date) is
  'Creates the monthly partition of warehouse.route_point or etl.response for a day, if it does not exist. Call it in a separate transaction: other sessions that need a new partition wait until that transaction ends.';

create table etl.erasure (
  erasure_key bigint generated always as identity primary key,
  device_key  integer     not null references warehouse.device,
  from_day    date        not null,
  to_day      date        not null,
  erased_at   timestamptz not null,
  unique (device_key, from_day, to_day),
  constraint erasure_begins_before_it_ends check (from_day <= to_day)
);
comment on table etl.erasure is
  'One row per range of days of a device that was erased: nothing of these device-days is kept, fetched or loaded again. The program never removes a row. Outside the function of the archive.';
comment on column etl.erasure.erasure_key is 'Number of the erasure, in the order of the requests.';
comment on column etl.erasure.device_key is 'Device whose days are erased.';
comment on column etl.erasure.from_day is 'First UTC day that is erased.';
comment on column etl.erasure.to_day is 'Last UTC day that is erased.';
comment on column etl.erasure.erased_at is 'When a person asked for it, UTC.';

create table etl.proven_day (
  device_key integer not null references warehouse.device,
  day        date    not null,
  state      text    not null,
  reason     text    not null,
  primary key (device_key, day),
  constraint proven_day_is_closed check (state in ('final', 'empty'))
);
comment on table etl.proven_day is
  'One row per device-day that was closed when an erasure of other days removed the readings that proved it: it stays closed. Outside the function of the archive.';
comment on column etl.proven_day.device_key is 'Device of the device-day.';
comment on column etl.proven_day.day is 'UTC day of the device-day.';
comment on column etl.proven_day.state is 'The state that it keeps: final or empty.';
comment on column etl.proven_day.reason is 'Why it had that state, as in etl.checkpoint.';

-- For the loader the archive is append-only. These functions are the only way to take erased content out of it.
create function etl.may_hold_erased(response etl.response) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from etl.erasure as erasure join warehouse.device as device using (device_key)
    where device.account_key = response.account_key
      -- A vendor's clock that is a little ahead must not hide anything.
      and response.requested_at >= (erasure.from_day - 1)::timestamp at time zone 'UTC'
  );
end;
comment on function etl.may_hold_erased(etl.response) is
  'Whether an archived response was requested late enough to contain an erased day of its account.';

create function etl.redact_response(
  response_number bigint, response_day date, through bigint, compressed bytea, bytes integer, sha256 bytea, redacted timestamptz
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update etl.response as response
  set erased_through = through,
      body_compressed = coalesce(compressed, body_compressed), body_bytes = coalesce(bytes, body_bytes),
      body_sha256 = coalesce(sha256, body_sha256), redacted_at = coalesce(redacted, redacted_at)
  where response_key = response_number and day = response_day and etl.may_hold_erased(response);
  if not found then
    raise exception 'response % of % is not in the archive, or no erasure concerns it', response_number, response_day;
  end if;
end
$$;
comment on function etl.redact_response(bigint, date, bigint, bytea, integer, bytea, timestamptz) is
  'Records that an archived response holds nothing that is erased, and replaces its body by one without erased content; NULLs leave the body alone. Only for responses that an erasure concerns.';

create function etl.delete_erased_response(response_number bigint, response_day date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from etl.response as response
  where response_key = response_number and day = response_day and etl.may_hold_erased(response);
  if not found then
    raise exception 'response % of % is not in the archive, or no erasure concerns it', response_number, response_day;
  end if;
  delete from etl.unloaded_response where response_key = response_number;
  delete from etl.finding where response_key = response_number;
end
$$;
comment on function etl.delete_erased_response(bigint, date) is
  'Deletes an archived response for an erased day, or one that cannot be redacted. Only for responses that an erasure concerns.';

revoke execute on function etl.may_hold_erased(etl.response) from public;
revoke execute on function etl.redact_response(bigint, date, bigint, bytea, integer, bytea, timestamptz) from public;
revoke execute on function etl.delete_erased_response(bigint, date) from public;
