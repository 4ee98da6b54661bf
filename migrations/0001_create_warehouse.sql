-- The normalised tables. Every fact is keyed by its device-day: (device_key, day), day in UTC.
create schema warehouse;

create table warehouse.account (
  account_key integer generated always as identity primary key,
  name        text not null unique,
  time_zone   text not null default 'UTC'
);

-- device_key is assigned once and survives a replay; the attributes are those of the latest answer.
create table warehouse.device (
  device_key             integer generated always as identity primary key,
  account_key            integer not null references warehouse.account,
  device_id              bigint  not null,
  time_zone              text,
  imei                   bigint,
  device_type            text,
  name                   text,
  description            text,
  portrait_url           text,
  attributes_answered_at timestamptz,
  unique (account_key, device_id)
);

create table warehouse.device_version (
  device_key  integer     not null references warehouse.device,
  valid_from  timestamptz not null,
  name        text,
  description text,
  primary key (device_key, valid_from)
);

-- A time series, not a fact of a day. The same content at the same moment is one row however often it was answered.
create table warehouse.device_reading (
  device_key           integer     not null references warehouse.device,
  read_at              timestamptz not null,
  source               text        not null check (source in ('devicelist', 'device')),
  fingerprint          bigint      not null,
  first_answered_at    timestamptz not null,
  last_answered_at     timestamptz not null,
  imei                 bigint,
  device_type          text,
  name                 text,
  description          text,
  portrait_url         text,
  mileage_km           numeric(18,3),
  mileage_raw_km       numeric(18,3),
  day_distance_km      numeric(18,3),
  speed_kmh            numeric(18,3),
  engine_rpm           numeric(18,3),
  engine_temperature_c numeric(18,3),
  external_voltage_v   numeric(18,3),
  internal_voltage_v   numeric(18,3),
  heading_deg          numeric(18,3),
  online_at            timestamptz,
  heartbeat_at         timestamptz,
  error_code           integer,
  error_at             timestamptz,
  error_text           text,
  status_code          integer,
  status_text          text,
  status_absence       text,
  status_description   text,
  latitude_e7          integer,
  longitude_e7         integer,
  primary key (device_key, read_at, source, fingerprint)
);
create index device_reading_answered on warehouse.device_reading (device_key, source, last_answered_at);

create table warehouse.route (
  device_key                 integer     not null references warehouse.device,
  day                        date        not null,
  route_no                   smallint    not null,
  departed_at                timestamptz not null,
  arrived_at                 timestamptz,
  origin_mileage_km          numeric(18,3),
  destination_mileage_km     numeric(18,3),
  origin_latitude_e7         integer,
  origin_longitude_e7        integer,
  destination_latitude_e7    integer,
  destination_longitude_e7   integer,
  average_speed_kmh          numeric(18,2),
  average_speed_distance_kmh numeric(18,2),
  pause_s                    integer,
  pause_count                integer     not null,
  point_count                integer     not null,
  -- Kept from the points when they are loaded, so that a dashboard over years need not read them.
  top_speed_kmh              numeric(5,1),
  south_e7                   integer,
  west_e7                    integer,
  north_e7                   integer,
  east_e7                    integer,
  primary key (device_key, day, route_no),
  unique (device_key, departed_at)
);
create index route_departed on warehouse.route (departed_at);

-- The one big table. Columns are ordered so that nothing is padded: 24 bytes of values a row.
-- No foreign key (it makes COPY five times slower); the replacing transaction keeps that promise.
create table warehouse.route_point (
  device_key   integer  not null,
  day          date     not null,
  seq          integer  not null,
  latitude_e7  integer,
  longitude_e7 integer,
  route_no     smallint not null,
  speed_tenths smallint
) partition by range (day);
create index route_point_device_day on warehouse.route_point (device_key, day);

create table warehouse.route_pause (
  device_key      integer  not null,
  day             date     not null,
  route_no        smallint not null,
  seq             integer  not null,
  pause_type_code integer,
  is_grouped      boolean,
  started_at      timestamptz,
  ended_at        timestamptz,
  mileage_km      numeric(18,3),
  latitude_e7     integer,
  longitude_e7    integer,
  primary key (device_key, day, route_no, seq),
  foreign key (device_key, day, route_no) references warehouse.route on delete cascade
);

-- Lookup tables, filled from the vendor's document. Facts do not reference them: an unknown code is kept.
create table warehouse.device_status (
  status_code integer primary key,
  name        text not null,
  description text not null
);
insert into warehouse.device_status values
  (1, 'Offline', 'Device is parked or in sleeping-mode'),
  (2, 'Active', 'Device is active'),
  (3, 'Inactive', 'Device is active but not moving'),
  (4, 'Not moved yet', 'Device has no exact status yet'),
  (5, 'Unused', 'Unused');

create table warehouse.device_error (
  error_code  integer primary key,
  name        text not null,
  description text not null
);
insert into warehouse.device_error values
  (0, 'None', 'No error occurred'),
  (1, 'Modified', 'Device was plugged out and plugged in again'),
  (2, 'Unplugged', 'Device is currently unplugged'),
  (3, 'No Signal', 'Device is currently not connected'),
  (4, 'No GPS', 'Device has no GPS signal'),
  (5, 'Bad GPS', 'Device has bad GPS signal');

create table warehouse.pause_type (
  pause_type_code integer primary key,
  name            text not null
);
insert into warehouse.pause_type values (1, 'Ignition OFF'), (2, 'Long-Stopped');
