-- One row per account: its calls in the 24 h up to now; from account, account_limit, api_call, account_block.
--
-- For display only, as of now(): the exporter decides by the same ledger, but by its own clock.
create view bi.api_budget as
with
-- A call that may have reached the vendor counts until 24 h after its end. One in flight counts as if it ended now.
counted_call as (
  select account_key, coalesce(ended_at, now()) as ended_at
  from etl.api_call
  where (ended_at > now() - interval '24 hours' or ended_at is null)
    and outcome is distinct from 'unreached'
),
usage as (
  select account_key, count(*)::integer as calls_used
  from counted_call
  group by account_key
),
-- With a quota of 100, the end of the hundredth latest call: 24 h later there is room for one more. Without a row there is room.
full_window as (
  select ranked.account_key, ranked.ended_at + interval '24 hours' as free_at
  from (
    select account_key, ended_at, row_number() over (partition by account_key order by ended_at desc) as latest_no
    from counted_call
  ) as ranked
  join etl.account_limit using (account_key)
  where ranked.latest_no = account_limit.daily_calls
),
-- Accounts that share an egress share its interval.
egress as (
  select
    account_limit.account_key,
    case
      when exists (select from etl.api_call where api_call.egress = account_limit.egress and ended_at is null) then now()
      else (select max(ended_at) from etl.api_call where api_call.egress = account_limit.egress)
    end + account_limit.request_interval_s * interval '1 second' as free_at
  from etl.account_limit
),
block as (
  select account_key, min(blocked_at) as blocked_since
  from etl.account_block
  where unblocked_at is null
  group by account_key
)
select
  account.name                                             as account,
  now() - interval '24 hours'                              as window_start,
  coalesce(usage.calls_used, 0)                            as calls_used,
  case
    when account_limit.daily_calls is not null
    then greatest(account_limit.daily_calls - coalesce(usage.calls_used, 0), 0)
  end                                                      as calls_left,
  case
    when block.blocked_since is null and account_limit.daily_calls > 0
    then greatest(now(), egress.free_at, full_window.free_at)
  end                                                      as next_call_at,
  block.blocked_since
from warehouse.account
left join etl.account_limit using (account_key)
left join usage using (account_key)
left join full_window using (account_key)
left join egress using (account_key)
left join block using (account_key);

comment on view bi.api_budget is
  'One row per account: calls in the sliding 24 h window up to now() and when the next may leave. Key: account. Additive: nothing. Additive over accounts: calls_used, calls_left. NULL: see the columns. For display: nothing decides by it. Source: the call ledger and the limits as last configured.';
comment on column bi.api_budget.account is 'Name of the account. Source: configuration.';
comment on column bi.api_budget.window_start is 'Beginning of the window: 24 h ago.';
comment on column bi.api_budget.calls_used is 'Calls that ended within the window, including refused and failed ones but not those that never reached the vendor, and calls in flight.';
comment on column bi.api_budget.calls_left is 'Calls that the quota still allows now; NULL before the first start.';
comment on column bi.api_budget.next_call_at is
  'When the next call may start at the earliest: the interval of the egress has passed and the quota has room. now() if that is already so, or while a call is in flight. NULL while blocked and before the first start.';
comment on column bi.api_budget.blocked_since is
  'When the vendor blocked the token (error 1002): nothing is sent until a person runs unblock. NULL if not blocked.';
