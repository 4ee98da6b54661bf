-- One row per run and account, with what it did; from run, account.
create view bi.run as
select
  run.run_key                                              as run,
  account.name                                             as account,
  run.command,
  run.version,
  run.host,
  run.process_id,
  run.started_at,
  run.ended_at,
  run.exit_code,
  run.calls,
  run.loaded_days,
  run.unchanged_days,
  run.empty_days,
  run.failed_days,
  run.message,
  run.reason
from etl.run
join warehouse.account using (account_key);

comment on view bi.run is
  'One row per invocation and account, with what it did. Key: run. Additive: calls, loaded_days, unchanged_days, empty_days, failed_days. NULL: the run works still, or was killed. Source: the exporter''s own records.';
comment on column bi.run.run is 'Number of the run, in order of start.';
comment on column bi.run.account is 'Name of the account. Source: configuration.';
comment on column bi.run.command is 'Command, such as run or backfill.';
comment on column bi.run.version is 'Version of the program.';
comment on column bi.run.host is 'Name of the machine.';
comment on column bi.run.process_id is 'Process id on that machine.';
comment on column bi.run.started_at is 'When the run began.';
comment on column bi.run.ended_at is 'When the run ended; NULL while it works. Stays NULL if it was killed.';
comment on column bi.run.exit_code is
  '0 done · 1 internal error · 2 done, but some device-days failed · 64 usage · 69 API or database unavailable · 75 try later · 76 the API does not answer as its document says · 77 token refused or blocked · 78 configuration or schema version · 130, 143 interrupted; NULL as for ended_at.';
comment on column bi.run.calls is 'API calls made, whatever their outcome.';
comment on column bi.run.loaded_days is 'Device-days whose rows were written.';
comment on column bi.run.unchanged_days is 'Device-days fetched whose rows were already as stored.';
comment on column bi.run.empty_days is 'Device-days found or proven empty.';
comment on column bi.run.failed_days is 'Device-days whose fetch brought no usable response.';
comment on column bi.run.message is 'Why the run ended as it did; NULL if there is nothing to add.';
comment on column bi.run.reason is
  'Why it ended early, as a stable word: quota (the calls of 24 h are used up) · max_calls (limit of --max-calls) · locked (another process holds a lock of the database) · threshold (vendor error 1055 twice) · blocked (1002) · refused (1000) · protocol (the API does not answer as its document says) · nobody_judged (no listed vehicle could be judged for two nights) · history_ends (end of the API''s history) · unavailable (API or database) · interrupted (signal). NULL if it did all its work, for other errors, and as for ended_at.';
