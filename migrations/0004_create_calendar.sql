-- Local dates that an index can find. The local date of a trip depends on the zone of its device, so no index of warehouse.route
-- knows it. But it is one of three: the UTC day of departure, the day before or the day after. A view that joins these three and
-- keeps the right one turns a filter by local date into one by (device_key, day).
create table warehouse.calendar as
select
  day::date                                                                as day,
  days_ahead::smallint                                                     as days_ahead,
  day::date + days_ahead                                                   as local_date,
  date_trunc('month', day + days_ahead * interval '1 day')::date           as local_month
from generate_series(timestamp '1970-01-01', timestamp '2099-12-31', interval '1 day') as day
cross join generate_series(-1, 1) as days_ahead;
alter table warehouse.calendar add primary key (day, days_ahead);
create index calendar_local_date on warehouse.calendar (local_date);
create index calendar_local_month on warehouse.calendar (local_month);
-- Planners that know nothing of it do not begin with it.
analyze warehouse.calendar;
comment on table warehouse.calendar is
  'One row a UTC day and a local date that part of it can have somewhere. The same in every warehouse; makes filters by local date fast.';
comment on column warehouse.calendar.day is 'UTC day, 1970-01-01 to 2099-12-31.';
comment on column warehouse.calendar.days_ahead is 'Days from day to local_date: -1 (west of Greenwich), 0 or 1 (east).';
comment on column warehouse.calendar.local_date is 'Local date: the UTC day, the day before or the day after.';
comment on column warehouse.calendar.local_month is 'First day of the month of local_date.';

-- What is not in the calendar would be in no local day.
alter table warehouse.route
  add constraint route_day_is_in_the_calendar check (day between '1970-01-01' and '2099-12-31');
alter table warehouse.account
  add constraint account_time_zone_is_within_a_day
  check (timestamptz '2000-01-02 00:00Z' at time zone time_zone between '2000-01-01' and '2000-01-03');
alter table warehouse.device
  add constraint device_time_zone_is_within_a_day
  check (timestamptz '2000-01-02 00:00Z' at time zone time_zone between '2000-01-01' and '2000-01-03');

-- A fleet's routes of a day, whatever the device.
create index route_day on warehouse.route (day);
