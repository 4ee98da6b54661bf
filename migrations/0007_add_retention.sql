-- What is forgotten on purpose, and the memory of it, so that nothing brings it back.

-- Device-days of which nothing may be kept. A row is never removed by the program.
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
  'One row a range of days of a device that was erased: nothing of these device-days is kept, fetched or loaded again. Outside the function of the archive.';
comment on column etl.erasure.erasure_key is 'Number of the erasure, in the order in which they were asked for.';
comment on column etl.erasure.device_key is 'Device whose days are erased.';
comment on column etl.erasure.from_day is 'First UTC day that is erased.';
comment on column etl.erasure.to_day is 'Last UTC day that is erased.';
comment on column etl.erasure.erased_at is 'When a person asked for it, UTC.';

-- A day stays closed although the readings that proved it lay on days that are erased now.
create table etl.proven_day (
  device_key integer not null references warehouse.device,
  day        date    not null,
  state      text    not null check (state in ('final', 'empty')),
  reason     text    not null,
  primary key (device_key, day)
);
comment on table etl.proven_day is
  'One row a device-day that was final or empty when an erasure of other days took the proof of it. Outside the function of the archive.';
comment on column etl.proven_day.device_key is 'Device of the device-day.';
comment on column etl.proven_day.day is 'UTC day of the device-day.';
comment on column etl.proven_day.state is 'The state that it keeps: final or empty.';
comment on column etl.proven_day.reason is 'Why that state held, as in etl.checkpoint.';

-- How far the two big tables have been cut off at their old end.
create table etl.prune_horizon (
  subject    text        primary key check (subject in ('points', 'responses')),
  before_day date        not null,
  pruned_at  timestamptz not null
);
comment on table etl.prune_horizon is
  'One row a kind of data that was ever pruned: how far. Points of days before the horizon are not written again. Outside the function of the archive.';
comment on column etl.prune_horizon.subject is 'points (warehouse.route_point) or responses (etl.response).';
comment on column etl.prune_horizon.before_day is 'First UTC day that is kept.';
comment on column etl.prune_horizon.pruned_at is 'When it was pruned last, UTC.';

-- Written before the first step of dropping a month, removed with the last: a killed prune is finished by the next one.
create table etl.partition_to_drop (
  parent    text not null check (parent in ('warehouse.route_point', 'etl.response')),
  partition text primary key
);
comment on table etl.partition_to_drop is
  'One row a monthly partition that is being dropped. Left behind only by a prune that was killed; the next one finishes it.';
comment on column etl.partition_to_drop.parent is 'Table that it is, or was, a partition of.';
comment on column etl.partition_to_drop.partition is 'Name of the partition with its schema.';

-- Rows that responses no longer back: they stand for themselves until the day is fetched again.
alter table etl.checkpoint add column responses_pruned_at timestamptz;
comment on column etl.checkpoint.responses_pruned_at is
  'When responses that tell of the day were pruned, UTC: from then on its rows stand for themselves and no kept response rebuilds them, only one requested later. NULL: all are kept.';

alter table etl.response add column erased_through bigint not null default 0;
alter table etl.response add column redacted_at timestamptz;
comment on column etl.response.erased_through is
  'The latest erasure that the body was checked for, as a number of etl.erasure; 0 for none. A response restored from a backup brings an older number and is checked again.';
comment on column etl.response.redacted_at is
  'When what was erased was cut out of the body, UTC; NULL when the body is as it came. Size and checksum are those of the body as it is.';

-- Each start asks whether a response is there that was never checked for what is erased.
create index response_erased_through on etl.response (account_key, erased_through, requested_at);

-- The archive is append-only for who loads it. What an erasure must take out goes through these three.
create function etl.may_hold_erased(response etl.response) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
    select from etl.erasure as erasure join warehouse.device as device using (device_key)
    where device.account_key = response.account_key
      -- A clock that is a little ahead of ours must not hide anything.
      and response.requested_at >= (erasure.from_day - 1)::timestamp at time zone 'UTC'
  );
end;
comment on function etl.may_hold_erased(etl.response) is
  'Whether an archived response was requested late enough to tell of an erased day of its account.';

create function etl.redact_response(
  number bigint, response_day date, through bigint, gzip bytea, bytes integer, sha256 bytea, redacted timestamptz
) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update etl.response as response
  set erased_through = through,
      body_gzip = coalesce(gzip, body_gzip), body_bytes = coalesce(bytes, body_bytes),
      body_sha256 = coalesce(sha256, body_sha256), redacted_at = coalesce(redacted, redacted_at)
  where response_key = number and day = response_day and etl.may_hold_erased(response);
  if not found then
    raise exception 'response % of % is not in the archive, or nothing of its time is erased', number, response_day;
  end if;
end
$$;
comment on function etl.redact_response(bigint, date, bigint, bytea, integer, bytea, timestamptz) is
  'Notes that an archived response holds nothing that is erased, and puts a body without it in place of the one that came; NULLs leave the body alone. Only for responses that an erasure concerns.';

create function etl.delete_erased_response(number bigint, response_day date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  delete from etl.response as response
  where response_key = number and day = response_day and etl.may_hold_erased(response);
  if not found then
    raise exception 'response % of % is not in the archive, or nothing of its time is erased', number, response_day;
  end if;
  delete from etl.unloaded_response where response_key = number;
  delete from etl.finding where response_key = number;
end
$$;
comment on function etl.delete_erased_response(bigint, date) is
  'Deletes an archived response for an erased day, or one that nothing can show clean of it. Only for responses that an erasure concerns.';

revoke execute on function etl.may_hold_erased(etl.response) from public;
revoke execute on function etl.redact_response(bigint, date, bigint, bytea, integer, bytea, timestamptz) from public;
revoke execute on function etl.delete_erased_response(bigint, date) from public;

-- As before, but a month whose points are pruned needs no partition.
create or replace function etl.ensure_partition(parent regclass, wanted date) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  month_start date := date_trunc('month', wanted::timestamp);
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
  if parent = 'warehouse.route_point'::regclass
    and exists (select from etl.prune_horizon where subject = 'points' and before_day >= month_end) then
    return;
  end if;
  -- A table of that name that is no longer attached is in the way: creating it fails, and says so.
  if pg_partition_root(to_regclass(child)) = parent then
    return;
  end if;
  -- One at a time, by the lock that attaching takes anyway; loads go on beside it. An advisory lock would not do: only after a
  -- lock on a table does this session see what the one before it has made.
  execute format('lock table only %s in share update exclusive mode', parent);
  if pg_partition_root(to_regclass(child)) = parent then
    return;
  end if;
  execute format('create table %s (like %s including defaults including constraints including storage)', child, parent);
  execute format('alter table %s attach partition %s for values from (%L) to (%L)', parent, child, month_start, month_end);
end
$$;

comment on column warehouse.route.point_count is
  'Points that the route came with: its rows in warehouse.route_point, until they are pruned.';
comment on column etl.checkpoint.point_count is 'Points that those routes came with, pruned or not.';
