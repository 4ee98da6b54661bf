-- A view that wants the local date of a trip finds it by one date: the row of that date whose UTC day is the same stands for it.
drop index warehouse.calendar_local_date;
create unique index calendar_local_date on warehouse.calendar (local_date, days_ahead);
