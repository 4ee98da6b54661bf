-- One row per account and day from 2015 to 2039; from account, holiday.
create view bi.calendar as
select
  account.name                                             as account,
  day::date                                                as local_date,
  extract(isoyear from day)::integer                       as iso_year,
  extract(week from day)::integer                          as iso_week,
  date_trunc('week', day)::date                            as local_week,
  date_trunc('month', day)::date                           as local_month,
  date_trunc('year', day)::date                            as local_year,
  extract(quarter from day)::integer                       as quarter,
  extract(month from day)::integer                         as month,
  (array['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November',
    'December'])[extract(month from day)]                  as month_name_en,
  (array['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November',
    'Dezember'])[extract(month from day)]                  as month_name_de,
  extract(isodow from day)::integer                        as weekday,
  (array['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'])[extract(isodow from day)]
                                                           as weekday_name_en,
  (array['Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag', 'Sonntag'])[extract(isodow from day)]
                                                           as weekday_name_de,
  extract(isodow from day) >= 6                            as is_weekend,
  holiday.name is not null                                 as is_holiday,
  holiday.name                                             as holiday_name
from warehouse.account
cross join generate_series(timestamp '2015-01-01', timestamp '2039-12-31', interval '1 day') as day
left join etl.holiday on holiday.account = account.name and holiday.local_date = day::date;

comment on view bi.calendar is
  'One row per account and day from 2015 to 2039, to join with local_date. Key: account, local_date. Additive: nothing. NULL: holiday_name of a day that is no holiday. Source: etl.holiday, which a person fills; the rest is computed.';
comment on column bi.calendar.account is 'Name of the account: holidays differ between accounts. Source: configuration.';
comment on column bi.calendar.local_date is 'Calendar day.';
comment on column bi.calendar.iso_year is 'Year of the ISO week.';
comment on column bi.calendar.iso_week is 'ISO week, 1 to 53.';
comment on column bi.calendar.local_week is 'Monday of the ISO week.';
comment on column bi.calendar.local_month is 'First day of the month.';
comment on column bi.calendar.local_year is 'First day of the year.';
comment on column bi.calendar.quarter is 'Quarter, 1 to 4.';
comment on column bi.calendar.month is 'Month, 1 to 12.';
comment on column bi.calendar.month_name_en is 'Name of the month in English.';
comment on column bi.calendar.month_name_de is 'Name of the month in German.';
comment on column bi.calendar.weekday is 'Weekday, 1 Monday to 7 Sunday.';
comment on column bi.calendar.weekday_name_en is 'Name of the weekday in English.';
comment on column bi.calendar.weekday_name_de is 'Name of the weekday in German.';
comment on column bi.calendar.is_weekend is 'Whether the day is a Saturday or a Sunday.';
comment on column bi.calendar.is_holiday is 'Whether the day is in etl.holiday for the account.';
comment on column bi.calendar.holiday_name is 'Name of the holiday; NULL on other days.';
