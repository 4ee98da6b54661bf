-- What the exporter knows about its own work: archive, checkpoints, call ledger, runs, findings.
-- It exists already where migrate recorded its first file in etl.schema_migration.
create schema if not exists etl;
comment on schema etl is
  'The exporter''s own knowledge: archive of responses, checkpoints of device-days, ledger of calls, runs, findings, schema versions.';

-- Limits of an account as configured, written at every start; for the views only.
create table etl.account_limit (
  account_key        integer primary key references warehouse.account,
  egress             text          not null,
  daily_calls        integer       not null,
  request_interval_s numeric(12,3) not null
);
comment on table etl.account_limit is
  'One row an account: its limits as last configured. For display in bi.api_budget; the exporter itself decides by its own configuration.';
comment on column etl.account_limit.account_key is 'Account that the limits are for.';
comment on column etl.account_limit.egress is 'Name of the IP address that calls leave from. Source: FLEETIZE_EGRESS.';
comment on column etl.account_limit.daily_calls is 'Calls permitted in any 24 h. Source: FLEETIZE_DAILY_CALLS.';
comment on column etl.account_limit.request_interval_s is
  'Seconds from the end of a call to the start of the next of the same egress. Source: FLEETIZE_REQUEST_INTERVAL.';

create table etl.run (
  run_key        bigint generated always as identity primary key,
  account_key    integer     not null references warehouse.account,
  command        text        not null,
  version        text        not null,
  host           text        not null,
  process_id     integer     not null,
  started_at     timestamptz not null,
  ended_at       timestamptz,
  exit_code      integer,
  calls          integer     not null default 0,
  loaded_days    integer     not null default 0,
  unchanged_days integer     not null default 0,
  empty_days     integer     not null default 0,
  failed_days    integer     not null default 0,
  message        text
);
comment on table etl.run is 'One row an invocation and account, with what it did. Outside the function of the archive.';
comment on column etl.run.run_key is 'Number of the run, in order of start.';
comment on column etl.run.account_key is 'Account that was worked on.';
comment on column etl.run.command is 'Command, such as run or backfill.';
comment on column etl.run.version is 'Version of the program.';
comment on column etl.run.host is 'Name of the machine.';
comment on column etl.run.process_id is 'Process id on that machine.';
comment on column etl.run.started_at is 'When the run began, UTC.';
comment on column etl.run.ended_at is 'When the run ended, UTC; NULL while it works, and for good when it was killed.';
comment on column etl.run.exit_code is 'Exit code of the program; NULL as for ended_at.';
comment on column etl.run.calls is 'API calls made, whatever came of them.';
comment on column etl.run.loaded_days is 'Device-days whose rows were written.';
comment on column etl.run.unchanged_days is 'Device-days fetched whose rows were as stored already.';
comment on column etl.run.empty_days is 'Device-days found or proven to be without routes.';
comment on column etl.run.failed_days is 'Device-days whose fetch brought no usable response.';
comment on column etl.run.message is 'Why the run ended as it did; NULL when there is nothing to say.';

-- The call ledger: a row is committed before the socket opens. An open row (no ended_at) is a call in flight.
create table etl.api_call (
  call_key    bigint generated always as identity primary key,
  run_key     bigint      not null references etl.run,
  account_key integer     not null references warehouse.account,
  egress      text        not null,
  action      text        not null check (action in ('devicelist', 'device')),
  device_key  integer     references warehouse.device,
  day         date,
  started_at  timestamptz not null,
  ended_at    timestamptz,
  -- answered, refused (a vendor error), unusable (a response that does not count), unreached, unknown (timeout, reset, killed)
  outcome     text check (outcome in ('answered', 'refused', 'unusable', 'unreached', 'unknown')),
  http_status integer,
  vendor_code integer,
  detail      text,
  constraint api_call_ends_with_an_outcome check ((ended_at is null) = (outcome is null))
);
-- The sliding window of the quota, and the end of an egress' last call.
create index api_call_window on etl.api_call (account_key, ended_at);
create index api_call_egress on etl.api_call (egress, ended_at);
create index api_call_open on etl.api_call (egress) where ended_at is null;
comment on table etl.api_call is
  'The call ledger: one row a call, committed before the request leaves. A row without ended_at is a call in flight, or one whose caller died.';
comment on column etl.api_call.call_key is 'Number of the call, in order of start.';
comment on column etl.api_call.run_key is 'Run that made the call.';
comment on column etl.api_call.account_key is 'Account whose quota the call counts against.';
comment on column etl.api_call.egress is 'Name of the IP address that the call left from.';
comment on column etl.api_call.action is 'The vendor''s action code: devicelist or device.';
comment on column etl.api_call.device_key is 'Device asked for; NULL for a device list.';
comment on column etl.api_call.day is 'UTC day asked for; NULL for a device list. Parameter time.';
comment on column etl.api_call.started_at is 'When the call was booked, just before the request left, UTC.';
comment on column etl.api_call.ended_at is 'When the response was whole or was given up, UTC; NULL while in flight.';
comment on column etl.api_call.outcome is
  'answered · refused (a vendor error) · unusable (a response that does not count) · unreached (nothing was sent) · unknown (timeout, reset, killed); NULL while in flight.';
comment on column etl.api_call.http_status is 'HTTP status of the response; NULL without one.';
comment on column etl.api_call.vendor_code is 'Number of the vendor''s error, such as 1055; NULL without one.';
comment on column etl.api_call.detail is 'What went wrong, for a person; NULL when nothing did.';

-- After vendor error 1002 nothing is sent for the account until a person says unblock.
create table etl.account_block (
  account_key  integer     not null references warehouse.account,
  blocked_at   timestamptz not null,
  call_key     bigint      references etl.api_call,
  unblocked_at timestamptz,
  unblocked_by text,
  primary key (account_key, blocked_at)
);
comment on table etl.account_block is
  'One row a block of the account''s token by the vendor (error 1002). While one is open nothing is sent.';
comment on column etl.account_block.account_key is 'Account that is blocked.';
comment on column etl.account_block.blocked_at is 'When the vendor said so, UTC.';
comment on column etl.account_block.call_key is 'Call that was answered with error 1002.';
comment on column etl.account_block.unblocked_at is 'When a person ran unblock, UTC; NULL while blocked.';
comment on column etl.account_block.unblocked_by is 'User of the operating system who ran unblock.';

-- The archive: every response as it came, append-only. The warehouse is a function of it.
create table etl.response (
  response_key bigint generated by default as identity,
  day          date        not null,
  account_key  integer     not null,
  device_key   integer,
  action       text        not null check (action in ('devicelist', 'device')),
  requested_at timestamptz not null,
  answered_at  timestamptz not null,
  http_status  integer     not null,
  content_type text,
  is_complete  boolean     not null,
  call_key     bigint,
  body_bytes   integer     not null,
  body_sha256  bytea       not null,
  body_gzip    bytea       not null,
  primary key (response_key, day)
) partition by range (day);
-- Compressed already: not a second time.
alter table etl.response alter column body_gzip set storage external;
create index response_device_day on etl.response (device_key, day, requested_at);
create index response_account_day on etl.response (account_key, day, requested_at);
comment on table etl.response is
  'The archive: one row a response, as it came, before anything interprets it. The token is not in it. Partitioned by month of day.';
comment on column etl.response.response_key is 'Number of the response.';
comment on column etl.response.day is 'UTC day asked for; of a device list the UTC day of the request.';
comment on column etl.response.account_key is 'Account that asked.';
comment on column etl.response.device_key is 'Device asked for; NULL for a device list.';
comment on column etl.response.action is 'The vendor''s action code: devicelist or device.';
comment on column etl.response.requested_at is 'When the request left, UTC.';
comment on column etl.response.answered_at is 'When the response ended, UTC.';
comment on column etl.response.http_status is 'HTTP status.';
comment on column etl.response.content_type is 'Header Content-Type with its charset; NULL when absent.';
comment on column etl.response.is_complete is 'False when the connection closed before the response was whole.';
comment on column etl.response.call_key is 'Call in the ledger; NULL for a response loaded from elsewhere.';
comment on column etl.response.body_bytes is 'Size of the body before compression, bytes.';
comment on column etl.response.body_sha256 is 'SHA-256 of the body before compression.';
comment on column etl.response.body_gzip is 'The body as sent, compressed with gzip.';

-- Archived, not yet loaded. Filled with the archive row, emptied with the rows: a killed run is resumed from here.
create table etl.unloaded_response (
  response_key bigint primary key,
  day          date    not null,
  account_key  integer not null
);
comment on table etl.unloaded_response is
  'One row an archived response that is not in the warehouse yet. Written with the archive, removed with the load: a killed run is resumed from here.';
comment on column etl.unloaded_response.response_key is 'Response in etl.response.';
comment on column etl.unloaded_response.day is 'Day of that response, the other half of its key.';
comment on column etl.unloaded_response.account_key is 'Account that asked.';

-- Which day's latest whole response carries routes that depart on which day. Always has the asked day itself.
create table etl.response_day (
  device_key   integer     not null references warehouse.device,
  asked_day    date        not null,
  day          date        not null,
  response_key bigint      not null,
  requested_at timestamptz not null,
  primary key (device_key, day, asked_day)
);
create index response_day_asked on etl.response_day (device_key, asked_day);
comment on table etl.response_day is
  'One row a device-day and response that contributes to it: which day''s latest whole response carries routes that depart on which day. Always has the asked day itself.';
comment on column etl.response_day.device_key is 'Device asked for.';
comment on column etl.response_day.asked_day is 'UTC day that was asked for.';
comment on column etl.response_day.day is 'UTC day on which a route of the response departs.';
comment on column etl.response_day.response_key is 'Latest whole response for asked_day, in etl.response.';
comment on column etl.response_day.requested_at is 'When that response''s request left, UTC.';

-- One row a device-day that was ever wanted.
create table etl.checkpoint (
  device_key   integer not null references warehouse.device,
  day          date    not null,
  state        text    not null check (state in ('pending', 'provisional', 'final', 'empty')),
  -- why the state holds, such as not_heard, may_be_running, settled, sealed
  reason       text,
  fetched_at   timestamptz,
  route_count  integer not null default 0,
  point_count  integer not null default 0,
  content_hash bytea,
  primary key (device_key, day)
);
create index checkpoint_open on etl.checkpoint (device_key, day) where state in ('pending', 'provisional');
comment on table etl.checkpoint is
  'One row a device-day that was ever wanted: what is known of it. Committed together with the device-day''s rows.';
comment on column etl.checkpoint.device_key is 'Device of the device-day.';
comment on column etl.checkpoint.day is 'UTC day of the device-day.';
comment on column etl.checkpoint.state is
  'pending (no whole response yet) · provisional (fetched, but more may come) · final (never fetched again) · empty (final without routes, fetched or proven by seals).';
comment on column etl.checkpoint.reason is 'Why the state holds, such as not_heard, may_be_running, settled, sealed.';
comment on column etl.checkpoint.fetched_at is 'When the latest whole response for the day was requested, UTC; NULL without one.';
comment on column etl.checkpoint.route_count is 'Routes that depart on the day, whichever responses carried them.';
comment on column etl.checkpoint.point_count is 'Points of those routes.';
comment on column etl.checkpoint.content_hash is 'SHA-256 over the day''s rows: equal content is not written again. NULL before the first load.';

-- Failed attempts at a device-day since its last whole response, with the back-off.
create table etl.failed_day (
  device_key     integer     not null references warehouse.device,
  day            date        not null,
  attempts       integer     not null,
  last_failed_at timestamptz not null,
  retry_at       timestamptz not null,
  reason         text        not null,
  primary key (device_key, day)
);
comment on table etl.failed_day is
  'One row a device-day whose latest fetches failed: removed by its next whole response. Outside the function of the archive.';
comment on column etl.failed_day.device_key is 'Device of the device-day.';
comment on column etl.failed_day.day is 'UTC day of the device-day.';
comment on column etl.failed_day.attempts is 'Failed attempts since the last whole response.';
comment on column etl.failed_day.last_failed_at is 'When the latest attempt failed, UTC.';
comment on column etl.failed_day.retry_at is 'Before this time the nightly run does not try again, UTC.';
comment on column etl.failed_day.reason is 'What went wrong at the latest attempt.';

-- From which day on the nightly run covers a device.
create table etl.followed_device (
  device_key integer primary key references warehouse.device,
  first_day  date not null
);
comment on table etl.followed_device is 'One row a device that the nightly run covers. Older days are for backfill.';
comment on column etl.followed_device.device_key is 'Device that is followed.';
comment on column etl.followed_device.first_day is 'First UTC day that the nightly run covers. Source: FLEETIZE_FIRST_DAYS at the first run that listed the device.';

create table etl.finding (
  account_key  integer not null,
  device_key   integer,
  day          date,
  response_key bigint,
  departed_at  timestamptz,
  rule         text    not null,
  severity     text    not null check (severity in ('info', 'warning', 'error')),
  occurrences  integer not null,
  detail       text    not null,
  sample       text
);
create index finding_device_day on etl.finding (device_key, day);
create index finding_response on etl.finding (response_key);
comment on table etl.finding is
  'One row a data-quality fact: what was odd in a response or in a day''s rows, and what was done with it. Replaced with the response or day that it is about.';
comment on column etl.finding.account_key is 'Account concerned.';
comment on column etl.finding.device_key is 'Device concerned; NULL for a finding about a list as a whole.';
comment on column etl.finding.day is 'UTC day concerned; NULL for a finding in a list.';
comment on column etl.finding.response_key is 'Response in which it was found; NULL for a finding about a day''s rows together.';
comment on column etl.finding.departed_at is 'Departure of the route concerned, UTC; NULL for none.';
comment on column etl.finding.rule is 'Stable code of what was found, such as point_garbled.';
comment on column etl.finding.severity is 'info (tolerated, nothing lost) · warning (a value was dropped or is implausible) · error (a response or a route could not be used).';
comment on column etl.finding.occurrences is 'How often it was met at this place, 1 or more.';
comment on column etl.finding.detail is 'What was found and what was done, for a person.';
comment on column etl.finding.sample is 'The first offending text as sent, at most 200 characters; NULL where there is none.';

-- Makes the monthly partition of a partitioned table that holds a day, plain first and then attached, so that no load waits.
-- Runs as its owner, because a loader may not create tables: so the temporary schema comes last, where nobody can shadow a catalogue.
create function etl.ensure_partition(parent regclass, wanted date) returns void
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
revoke execute on function etl.ensure_partition(regclass, date) from public;
comment on function etl.ensure_partition(regclass, date) is
  'Makes the monthly partition of warehouse.route_point or etl.response that holds a day, if it is missing. Call it in a transaction of its own: others who need a new partition wait until it ends.';
