-- The local date of a trip, kept with it: a filter by it or by its month is one step in an index, and no view has to look for it.
-- It is of the zone of the device, else of the account. The loader writes it; whoever writes a zone writes the dates that it moves.
-- No trigger: a distributed table cannot have one.
alter table warehouse.route add column local_date date;
update warehouse.route
set local_date = (route.departed_at at time zone coalesce(device.time_zone, account.time_zone))::date
from warehouse.device
join warehouse.account using (account_key)
where route.device_key = device.device_key;
-- A column and no expression: through the views of limited readers only plain comparisons reach an index.
alter table warehouse.route
  alter column local_date set not null,
  add column local_month date not null generated always as (date_trunc('month', local_date::timestamp)::date) stored;
comment on column warehouse.route.local_date is
  'Local calendar day of departure, in the zone of the device, else of the account. Computed from tag origin_timestamp.';
comment on column warehouse.route.local_month is 'First day of the month of local_date.';

-- For a fleet and for one device alike: many trips share a date, few a date and a device.
create index route_local_date on warehouse.route (local_date, device_key);
create index route_local_month on warehouse.route (local_month, device_key);
-- Not where there is nothing yet: the planner would remember that.
do $$ begin if exists (select from warehouse.route) then execute 'analyze warehouse.route'; end if; end $$;

-- The views of the version before read it until they are made anew: it cannot be dropped here.
comment on table warehouse.calendar_month is 'Not read any more.';
