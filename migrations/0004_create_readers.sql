-- What people and dashboards read. The views are not migrations: migrate recreates them from sql/ when a file there changes.
create schema bi;
comment on schema bi is
  'Documented views for dashboards and logbooks: the only schema that a reader needs. fleetize-etl migrate recreates it, so put your own views into another schema.';

create schema bi_limited;
comment on schema bi_limited is
  'The views of schema bi for readers who may see only some accounts or vehicles: those granted in etl.reader_account and etl.reader_device. fleetize-etl migrate recreates it.';

create table etl.reader_account (
  reader  text not null,
  account text not null references warehouse.account (name) on update cascade on delete cascade,
  primary key (reader, account)
);
comment on table etl.reader_account is
  'One row per database role and account whose data the role and its members may see in schema bi_limited. A role without a row sees nothing there. Schema bi is not affected: its readers see everything. Source: written by a person.';
comment on column etl.reader_account.reader is 'Name of the role in PostgreSQL.';
comment on column etl.reader_account.account is 'Name of the account as configured, as in warehouse.account.';

create table etl.reader_device (
  reader    text   not null,
  account   text   not null references warehouse.account (name) on update cascade on delete cascade,
  device_id bigint not null,
  primary key (reader, account, device_id)
);
comment on table etl.reader_device is
  'One row per database role and vehicle whose data the role and its members may see in schema bi_limited, in addition to the accounts of etl.reader_account. Views without a vehicle, such as bi_limited.run, go by account alone. Source: written by a person.';
comment on column etl.reader_device.reader is 'Name of the role in PostgreSQL.';
comment on column etl.reader_device.account is 'Name of the account as configured, as in warehouse.account.';
comment on column etl.reader_device.device_id is 'The vendor''s number of the device, as in warehouse.device.';

create table etl.holiday (
  account    text not null references warehouse.account (name) on update cascade on delete cascade,
  local_date date not null,
  name       text not null,
  primary key (account, local_date)
);
comment on table etl.holiday is
  'One row per account and public holiday, for bi.calendar. Empty until somebody fills it. Source: written by a person.';
comment on column etl.holiday.account is 'Name of the account as configured, as in warehouse.account.';
comment on column etl.holiday.local_date is 'Day of the holiday.';
comment on column etl.holiday.name is 'Name of the holiday.';
