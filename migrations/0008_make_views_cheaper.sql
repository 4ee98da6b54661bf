-- What lets the views of trips and of the latest state cost what a query by hand does.

-- The months of the calendar: a filter by local month meets each UTC day once and not three times. Only at a month's edges is the
-- month not that of the UTC day everywhere: there are two rows.
create table warehouse.calendar_month as
select distinct day, local_month <> date_trunc('month', day::timestamp)::date as is_shifted, local_month
from warehouse.calendar
order by local_month, day;
alter table warehouse.calendar_month add primary key (day, is_shifted);
create index calendar_month_local_month on warehouse.calendar_month (local_month);
comment on table warehouse.calendar_month is
  'One row a UTC day and a local month that part of it can have somewhere. The same in every warehouse; makes filters by local month fast.';
comment on column warehouse.calendar_month.day is 'UTC day, 1970-01-01 to 2099-12-31.';
comment on column warehouse.calendar_month.is_shifted is 'Whether local_month is not the month of day: only on the first and the last day of a month.';
comment on column warehouse.calendar_month.local_month is 'First day of the local month.';

-- A fleet has a few years of the 130: by all of them the planner would think that hardly a day has a trip, and sort what it should hash.
alter table warehouse.calendar alter column day set (n_distinct = 5000);
alter table warehouse.calendar_month alter column day set (n_distinct = 5000);
analyze warehouse.calendar;
analyze warehouse.calendar_month;

-- The day follows from the departure: a reader who names both still looks for one trip of one device.
create statistics warehouse.route_day_of_departure (dependencies) on departed_at, day from warehouse.route;
-- Not where there is nothing yet: the planner would remember that.
do $$ begin if exists (select from warehouse.route) then execute 'analyze warehouse.route'; end if; end $$;

-- In the order of bi.device, so that the latest response of a kind is one step and nothing is sorted.
drop index warehouse.device_reading_answered;
create index device_reading_answered
  on warehouse.device_reading (device_key, source, last_answered_at, read_at, fingerprint desc);
