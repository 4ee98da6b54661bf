-- The normalised tables. Every fact is keyed by its device-day: (device_key, day), day in UTC.
create schema warehouse;
comment on schema warehouse is
  'Normalised tables of the fleet: what the vendor''s responses say. A pure function of the archive in etl.response.';

create table warehouse.account (
  account_key integer generated always as identity primary key,
  name        text not null unique,
  time_zone   text not null default 'UTC',
  retired_at  timestamptz,
  -- The conversion itself refuses an unknown zone. PostgreSQL also accepts zones such as X-30, whose local dates no calendar has.
  constraint account_time_zone_is_within_a_day
    check (timestamptz '2000-01-02 00:00Z' at time zone time_zone between '2000-01-01' and '2000-01-03')
);
comment on table warehouse.account is
  'One row per FLEETIZE account: one quota of calls, one time zone. Added by migrate in a new database, else by the command account add. Source: configuration.';
comment on column warehouse.account.account_key is 'Surrogate key. Not public: use name.';
comment on column warehouse.account.name is 'Name of the account as configured, such as default. Source: FLEETIZE_ACCOUNT.';
comment on column warehouse.account.time_zone is
  'Zone for local times in the views, an IANA name such as Europe/Berlin. Source: FLEETIZE_TIME_ZONE, written by migrate and at every start.';
comment on column warehouse.account.retired_at is 'Since when no calls are made for it, UTC; NULL while it is in use. Source: the command account retire.';

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
  unique (account_key, device_id),
  constraint device_time_zone_is_within_a_day
    check (timestamptz '2000-01-02 00:00Z' at time zone time_zone between '2000-01-01' and '2000-01-03')
);
comment on table warehouse.device is
  'One row per device that has appeared in any response. Its attributes are those of the latest response that has them, device list or device. A device stays when lists no longer contain it.';
comment on column warehouse.device.device_key is
  'Surrogate key of account and device_id, assigned once and kept by a replay. Shown as vehicle_key in the views of bi.';
comment on column warehouse.device.account_key is 'Account that the device belongs to.';
comment on column warehouse.device.device_id is 'The vendor''s number of the device, unique within the account. Tag device_id.';
comment on column warehouse.device.time_zone is
  'Zone for this device''s local times, an IANA name; NULL: the zone of the account. Source: configuration.';
comment on column warehouse.device.imei is 'IMEI of the device. Tag device_imei.';
comment on column warehouse.device.device_type is 'Type of the device, such as CAR. Tag device_type.';
comment on column warehouse.device.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device.description is 'Description given by the owner. Tag device_description.';
comment on column warehouse.device.portrait_url is 'Address of the device''s picture, percent-decoded. Tag device_portrait.';
comment on column warehouse.device.attributes_answered_at is
  'When the response that the attributes come from ended, UTC; NULL before the first response.';

create table warehouse.device_version (
  device_key  integer     not null references warehouse.device,
  valid_from  timestamptz not null,
  name        text,
  description text,
  imei        bigint,
  primary key (device_key, valid_from)
);
comment on table warehouse.device_version is
  'One row per change of a device''s name, description or IMEI. Valid until the device''s next row.';
comment on column warehouse.device_version.device_key is 'Device that the values belong to.';
comment on column warehouse.device_version.valid_from is 'When the first response with these values ended, UTC.';
comment on column warehouse.device_version.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device_version.description is 'Description given by the owner. Tag device_description.';
comment on column warehouse.device_version.imei is
  'IMEI of the device. If it changes, the tracker was replaced. NULL if no response has one. Tag device_imei.';

-- A time series, not a fact of a day. Equal content at the same moment is one row, however often it was sent.
-- numeric(19,3) holds every value that can be read: an absurd one is stored and reported, and does not fail the load.
create table warehouse.device_reading (
  device_key           integer     not null references warehouse.device,
  read_at              timestamptz not null,
  source               text        not null,
  fingerprint          bigint      not null,
  first_answered_at    timestamptz not null,
  last_answered_at     timestamptz not null,
  response_key         bigint,
  requested_at         timestamptz,
  imei                 bigint,
  device_type          text,
  name                 text,
  description          text,
  portrait_url         text,
  mileage_km           numeric(19,3),
  mileage_raw_km       numeric(19,3),
  day_distance_km      numeric(19,3),
  speed_kmh            numeric(19,3),
  engine_rpm           numeric(19,3),
  engine_temperature_c numeric(19,3),
  external_voltage_v   numeric(19,3),
  internal_voltage_v   numeric(19,3),
  heading_deg          numeric(19,3),
  online_at            timestamptz,
  is_online_unusable   boolean     not null default false,
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
  primary key (device_key, read_at, source, fingerprint),
  constraint device_reading_source_is_known check (source in ('devicelist', 'device'))
);
-- The latest device list is one step backwards.
create index device_reading_answered
  on warehouse.device_reading (device_key, source, last_answered_at, read_at, fingerprint desc);
-- When errors occurred, whenever they were reported.
create index device_reading_error on warehouse.device_reading (device_key, error_at) where error_at is not null;
-- In the order of bi.device, so that the latest reading of a kind is one step backwards and nothing is sorted.
create index device_reading_latest
  on warehouse.device_reading (device_key, source, read_at, last_answered_at, fingerprint desc);
comment on table warehouse.device_reading is
  'Time series of a device''s attributes and sensors, from device lists and from the node "device" of day responses. One row per device, moment, kind of response and content. Absent values are NULL.';
comment on column warehouse.device_reading.device_key is 'Device that was read.';
comment on column warehouse.device_reading.read_at is
  'Moment that the values hold for, UTC: heartbeat_timestamp, otherwise the time of the request.';
comment on column warehouse.device_reading.source is
  'Kind of response: devicelist or device. They document different tags, so NULL can mean "not documented for this kind".';
comment on column warehouse.device_reading.fingerprint is 'Hash over all values of the reading; equal content has an equal fingerprint.';
comment on column warehouse.device_reading.first_answered_at is 'When the first response with this content ended, UTC.';
comment on column warehouse.device_reading.last_answered_at is 'When the latest response with this content ended, UTC.';
comment on column warehouse.device_reading.response_key is
  'First response with this content, in etl.response until it is pruned.';
comment on column warehouse.device_reading.requested_at is 'When the request of that response left, UTC.';
comment on column warehouse.device_reading.imei is 'IMEI of the device. Tag device_imei.';
comment on column warehouse.device_reading.device_type is 'Type of the device, such as CAR. Tag device_type.';
comment on column warehouse.device_reading.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device_reading.description is 'Description given by the owner. Tag device_description.';
comment on column warehouse.device_reading.portrait_url is
  'Address of the device''s picture, percent-decoded. Tag device_portrait.';
comment on column warehouse.device_reading.mileage_km is 'FLEETIZE mileage, km; not the dashboard''s odometer. Tag device_mileage.';
comment on column warehouse.device_reading.mileage_raw_km is
  'Internal mileage of the device, km. Tag device_mileage_raw, only in device responses.';
comment on column warehouse.device_reading.day_distance_km is 'Day-trip counter, km. Tag device_distance.';
comment on column warehouse.device_reading.speed_kmh is 'Speed, km/h. Tag device_speed, only in device responses.';
comment on column warehouse.device_reading.engine_rpm is 'Engine speed, revolutions per minute. Tag device_upm, only in device responses.';
comment on column warehouse.device_reading.engine_temperature_c is
  'Engine temperature, degrees Celsius. Tag device_temp_engine, only in device responses.';
comment on column warehouse.device_reading.external_voltage_v is
  'Voltage of the vehicle''s battery, V. Tag device_voltage_external, only in device responses.';
comment on column warehouse.device_reading.internal_voltage_v is
  'Voltage of the device''s battery, V. Tag device_voltage_internal, only in device responses.';
comment on column warehouse.device_reading.heading_deg is 'Heading, degrees. Tag device_angle, only in device responses.';
comment on column warehouse.device_reading.online_at is 'Last activity of the device, UTC. Tag online_timestamp.';
comment on column warehouse.device_reading.is_online_unusable is
  'Whether tag online_timestamp has a value that could not be used. Unlike an absent one it does not mean "never active".';
comment on column warehouse.device_reading.heartbeat_at is 'Last contact with the device, UTC. Tag heartbeat_timestamp.';
comment on column warehouse.device_reading.error_code is
  'Error code, see warehouse.device_error; unknown codes are kept. Tag error_code.';
comment on column warehouse.device_reading.error_at is 'When the error occurred, UTC. Tag error_code_time, only in device responses.';
comment on column warehouse.device_reading.error_text is 'The vendor''s text for the error, localised. Tag error_text.';
comment on column warehouse.device_reading.status_code is
  'Status code, see warehouse.device_status; unknown codes are kept. Tag status_code, only in device responses.';
comment on column warehouse.device_reading.status_text is 'The vendor''s text for the status, localised. Tag status_text.';
comment on column warehouse.device_reading.status_absence is
  'How long the device has been at rest, localised, such as "Parking: 1d 10h". Tag status_absence, only in lists.';
comment on column warehouse.device_reading.status_description is
  'Since when the device has been at rest, localised. Tag status_description, only in lists.';
comment on column warehouse.device_reading.latitude_e7 is 'Latitude, 1e-7 degrees, WGS 84. First part of tag location.';
comment on column warehouse.device_reading.longitude_e7 is 'Longitude, 1e-7 degrees, WGS 84. Second part of tag location.';

create table warehouse.route (
  device_key                 integer     not null references warehouse.device,
  day                        date        not null,
  route_no                   smallint    not null,
  departed_at                timestamptz not null,
  arrived_at                 timestamptz,
  origin_mileage_km          numeric(19,3),
  destination_mileage_km     numeric(19,3),
  origin_latitude_e7         integer,
  origin_longitude_e7        integer,
  destination_latitude_e7    integer,
  destination_longitude_e7   integer,
  average_speed_kmh          numeric(18,2),
  average_speed_distance_kmh numeric(18,2),
  pause_s                    integer,
  pause_count                integer     not null,
  point_count                integer     not null,
  -- Computed from the points at load, so that a dashboard over years need not read them.
  top_speed_kmh              numeric(5,1),
  south_e7                   integer,
  west_e7                    integer,
  north_e7                   integer,
  east_e7                    integer,
  track_km                   numeric(19,3),
  -- Stored, so that an index serves a filter by local date. The loader writes it, and a change of a time zone rewrites the dates that
  -- move. Not a trigger, because a distributed table cannot have one.
  local_date                 date        not null,
  local_arrival_date         date,
  -- The response itself is found through etl.response_day, where a later one replaces it.
  asked_day                  date        not null,
  -- Columns, not expressions: through the views of limited readers only plain comparisons reach an index.
  local_week                 date        not null generated always as (date_trunc('week', local_date::timestamp)::date) stored,
  local_month                date        not null generated always as (date_trunc('month', local_date::timestamp)::date) stored,
  local_year                 date        not null generated always as (date_trunc('year', local_date::timestamp)::date) stored,
  trip_key                   bigint      not null generated always as
    (device_key * 4294967296 + extract(epoch from departed_at - timestamptz '1970-01-01 00:00Z')::bigint) stored,
  primary key (device_key, day, route_no),
  -- The public key of a trip.
  unique (device_key, departed_at),
  constraint route_departs_on_its_day check (day = (departed_at at time zone 'UTC')::date),
  -- Other days would be in no local day.
  constraint route_day_is_in_the_calendar check (day between '1970-01-01' and '2099-12-31')
);
-- A fleet's routes of a period, whatever the device.
create index route_departed on warehouse.route (departed_at);
create index route_day on warehouse.route (day);
-- For a fleet and for one device alike: many trips share a date, few share a date and a device.
create index route_local_date on warehouse.route (local_date, device_key);
-- The views of days and periods read vehicle by vehicle.
create index route_device_local_date on warehouse.route (device_key, local_date);
create index route_local_week on warehouse.route (local_week, device_key);
create index route_local_month on warehouse.route (local_month, device_key);
create index route_local_year on warehouse.route (local_year, device_key);
create index route_trip_key on warehouse.route (trip_key);
-- Few trips drive into another local day, and a day's use has to find them.
create index route_over_midnight on warehouse.route (device_key, local_arrival_date) where local_arrival_date > local_date;
-- The day follows from the departure: a query that names both still looks for one trip of one device.
create statistics warehouse.route_day_of_departure (dependencies) on departed_at, day from warehouse.route;
comment on table warehouse.route is
  'One row per route (trip), from leaving an origin to reaching a destination. Belongs to the UTC day of its departure, whichever response contains it. Source: node "routes".';
comment on column warehouse.route.device_key is 'Device that drove.';
comment on column warehouse.route.day is 'UTC day of departed_at. With device_key it is the device-day, which is always replaced as a whole.';
comment on column warehouse.route.route_no is
  'Order of departure within the device-day. Shifts when a late route arrives: never public, use departed_at.';
comment on column warehouse.route.departed_at is 'When the origin was left, UTC; with the device the key of the route. Tag origin_timestamp.';
comment on column warehouse.route.arrived_at is 'When the destination was reached, UTC. Tag destination_timestamp.';
comment on column warehouse.route.origin_mileage_km is 'FLEETIZE mileage at departure, km. Tag origin_mileage.';
comment on column warehouse.route.destination_mileage_km is 'FLEETIZE mileage at arrival, km. Tag destination_mileage.';
comment on column warehouse.route.origin_latitude_e7 is 'Latitude of the origin, 1e-7 degrees, WGS 84. First part of tag origin_location.';
comment on column warehouse.route.origin_longitude_e7 is 'Longitude of the origin, 1e-7 degrees, WGS 84. Second part of tag origin_location.';
comment on column warehouse.route.destination_latitude_e7 is
  'Latitude of the destination, 1e-7 degrees, WGS 84. First part of tag destination_location.';
comment on column warehouse.route.destination_longitude_e7 is
  'Longitude of the destination, 1e-7 degrees, WGS 84. Second part of tag destination_location.';
comment on column warehouse.route.average_speed_kmh is 'Mean of the point speeds above zero, km/h, as sent by the vendor. Tag average_speed.';
comment on column warehouse.route.average_speed_distance_kmh is
  'Distance divided by time, km/h, as sent by the vendor. Tag average_speed_distance.';
comment on column warehouse.route.pause_s is 'Total of all pauses of the route, s, as sent by the vendor. Tag pause_duration.';
comment on column warehouse.route.pause_count is 'Rows of this route in warehouse.route_pause.';
comment on column warehouse.route.point_count is
  'Points that the route came with: its rows in warehouse.route_point until they are pruned.';
comment on column warehouse.route.top_speed_kmh is 'Highest speed of the route''s points, km/h; NULL without points. Computed from tag route_points.';
comment on column warehouse.route.south_e7 is 'Lowest latitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.west_e7 is 'Lowest longitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.north_e7 is 'Highest latitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.east_e7 is 'Highest longitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.track_km is
  'Length of the line through the route''s points, km; NULL without two positions. Computed from tag route_points.';
comment on column warehouse.route.local_date is
  'Local calendar day of departure, in the zone of the device, otherwise of the account. Computed from tag origin_timestamp.';
comment on column warehouse.route.local_arrival_date is
  'Local calendar day of arrival, in the same zone; NULL without an arrival. Computed from tag destination_timestamp.';
comment on column warehouse.route.asked_day is
  'Asked day of the response that the route was taken from, UTC: with device_key and day the key of etl.response_day.';
comment on column warehouse.route.local_week is 'Monday of the ISO week of local_date.';
comment on column warehouse.route.local_month is 'First day of the month of local_date.';
comment on column warehouse.route.local_year is 'First day of the year of local_date.';
comment on column warehouse.route.trip_key is 'Public key of the trip in one column: device_key * 2^32 + departed_at in epoch seconds.';

-- The one big table. Columns are ordered so that nothing is padded: 24 bytes of values per row.
-- No foreign key (it makes COPY five times slower): the transaction that replaces a device-day keeps that promise.
create table warehouse.route_point (
  device_key   integer  not null,
  day          date     not null,
  seq          integer  not null,
  latitude_e7  integer,
  longitude_e7 integer,
  route_no     smallint not null,
  speed_tenths smallint
) partition by range (day);
-- Not unique and with few distinct keys: each key is stored once, which costs a few bytes per point. A primary key would cost 40.
create index route_point_device_day on warehouse.route_point (device_key, day);
-- Without a primary key, logical replication identifies a row by all of its columns.
alter table warehouse.route_point replica identity full;
comment on table warehouse.route_point is
  'One row per point of a route, in the order sent; points carry no time. Partitioned by month of day. No primary key, for its size. Source: tag route_points.';
comment on column warehouse.route_point.device_key is 'Device that drove.';
comment on column warehouse.route_point.day is 'UTC day on which the route departed.';
comment on column warehouse.route_point.seq is 'Position within the route as sent, from 1.';
comment on column warehouse.route_point.latitude_e7 is 'Latitude, 1e-7 degrees, WGS 84; NULL without a fix. First part of a point.';
comment on column warehouse.route_point.longitude_e7 is 'Longitude, 1e-7 degrees, WGS 84; NULL without a fix. Second part of a point.';
comment on column warehouse.route_point.route_no is 'Route of the device-day, see warehouse.route.';
comment on column warehouse.route_point.speed_tenths is 'Speed, tenths of km/h. Third part of a point.';

create table warehouse.route_pause (
  device_key      integer  not null,
  day             date     not null,
  route_no        smallint not null,
  seq             integer  not null,
  pause_type_code integer,
  is_grouped      boolean,
  started_at      timestamptz,
  ended_at        timestamptz,
  mileage_km      numeric(19,3),
  latitude_e7     integer,
  longitude_e7    integer,
  primary key (device_key, day, route_no, seq),
  foreign key (device_key, day, route_no) references warehouse.route on delete cascade
);
comment on table warehouse.route_pause is 'One row per pause within a route, in the order sent. Source: node "route_pause".';
comment on column warehouse.route_pause.device_key is 'Device that paused.';
comment on column warehouse.route_pause.day is 'UTC day on which the route departed.';
comment on column warehouse.route_pause.route_no is 'Route of the device-day, see warehouse.route.';
comment on column warehouse.route_pause.seq is 'Position within the route as sent, from 1.';
comment on column warehouse.route_pause.pause_type_code is
  'Kind of pause, see warehouse.pause_type; unknown codes are kept. Tag type.';
comment on column warehouse.route_pause.is_grouped is 'Whether there are more pauses in this area. Tag grouped.';
comment on column warehouse.route_pause.started_at is 'When the pause began, UTC. Tag start_timestamp.';
comment on column warehouse.route_pause.ended_at is 'When the pause ended, UTC. Tag end_timestamp.';
comment on column warehouse.route_pause.mileage_km is 'FLEETIZE mileage during the pause, km. Tag mileage.';
comment on column warehouse.route_pause.latitude_e7 is 'Latitude, 1e-7 degrees, WGS 84. First part of tag location.';
comment on column warehouse.route_pause.longitude_e7 is 'Longitude, 1e-7 degrees, WGS 84. Second part of tag location.';

-- Lookup tables, filled from the vendor's document. Facts do not reference them, so that unknown codes are kept.
create table warehouse.device_status (
  status_code integer primary key,
  name        text not null,
  description text not null
);
insert into warehouse.device_status (status_code, name, description) values
  (1, 'Offline', 'Device is parked or in sleeping-mode'),
  (2, 'Active', 'Device is active'),
  (3, 'Inactive', 'Device is active but not moving'),
  (4, 'Not moved yet', 'Device has no exact status yet'),
  (5, 'Unused', 'Unused');
comment on table warehouse.device_status is 'One row per documented status of a device. Source: attribute "status_code".';
comment on column warehouse.device_status.status_code is 'Code as sent in tag status_code.';
comment on column warehouse.device_status.name is 'Name of the status in the vendor''s document.';
comment on column warehouse.device_status.description is 'Explanation in the vendor''s document.';

create table warehouse.device_error (
  error_code  integer primary key,
  name        text not null,
  description text not null
);
insert into warehouse.device_error (error_code, name, description) values
  (0, 'None', 'No error occurred'),
  (1, 'Modified', 'Device was plugged out and plugged in again'),
  (2, 'Unplugged', 'Device is currently unplugged'),
  (3, 'No Signal', 'Device is currently not connected'),
  (4, 'No GPS', 'Device has no GPS signal'),
  (5, 'Bad GPS', 'Device has bad GPS signal');
comment on table warehouse.device_error is 'One row per documented error of a device. Source: attribute "error_code".';
comment on column warehouse.device_error.error_code is 'Code as sent in tag error_code.';
comment on column warehouse.device_error.name is 'Name of the error in the vendor''s document; None for code 0.';
comment on column warehouse.device_error.description is 'Explanation in the vendor''s document.';

create table warehouse.pause_type (
  pause_type_code integer primary key,
  name            text not null
);
insert into warehouse.pause_type (pause_type_code, name) values (1, 'Ignition OFF'), (2, 'Long-Stopped');
comment on table warehouse.pause_type is 'One row per documented kind of pause. Source: tag type of node "route_pause".';
comment on column warehouse.pause_type.pause_type_code is 'Code as sent in tag type.';
comment on column warehouse.pause_type.name is 'Name of the kind of pause in the vendor''s document.';

-- Which local dates a UTC day can have parts of: its own, the day before (west of Greenwich) or the day after (east). Joining all three
-- and keeping the right one turns a filter by local date into a filter by UTC day, which is in the keys.
create table warehouse.calendar (
  day         date     not null,
  days_ahead  smallint not null,
  local_date  date     not null,
  local_week  date     not null generated always as (date_trunc('week', local_date::timestamp)::date) stored,
  local_month date     not null generated always as (date_trunc('month', local_date::timestamp)::date) stored,
  local_year  date     not null generated always as (date_trunc('year', local_date::timestamp)::date) stored,
  primary key (day, days_ahead)
);
insert into warehouse.calendar (day, days_ahead, local_date)
select day::date, days_ahead, day::date + days_ahead
from generate_series(timestamp '1970-01-01', timestamp '2099-12-31', interval '1 day') as day
cross join generate_series(-1, 1) as days_ahead;
create unique index calendar_local_date on warehouse.calendar (local_date, days_ahead);
create index calendar_local_week on warehouse.calendar (local_week);
create index calendar_local_month on warehouse.calendar (local_month);
create index calendar_local_year on warehouse.calendar (local_year);
-- A fleet uses a few of the 130 years. With the true number of days, the planner would expect almost no trips per day and sort instead
-- of hashing.
alter table warehouse.calendar alter column day set (n_distinct = 5000);
-- Without statistics, the planner would not read this table first.
analyze warehouse.calendar;
comment on table warehouse.calendar is
  'One row per UTC day and local date that occurs during that day in any time zone. The content is the same in every warehouse. It makes filters by local date fast.';
comment on column warehouse.calendar.day is 'UTC day, 1970-01-01 to 2099-12-31.';
comment on column warehouse.calendar.days_ahead is 'Days from day to local_date: -1 (west of Greenwich), 0 or 1 (east).';
comment on column warehouse.calendar.local_date is 'Local date: the UTC day, the day before or the day after.';
comment on column warehouse.calendar.local_week is 'Monday of the ISO week of local_date.';
comment on column warehouse.calendar.local_month is 'First day of the month of local_date.';
comment on column warehouse.calendar.local_year is 'First day of the year of local_date.';

-- Views inline it only if it sets no search path. The body is parsed when the function is created, so none is needed.
create function warehouse.seconds_between(from_at timestamptz, until_at timestamptz, less_s integer default 0) returns integer
language sql immutable parallel safe
return
  -- NULL if the result exceeds an integer, so that one garbled time does not fail a query over all rows.
  case
    when abs(date_part('epoch', until_at - from_at) - less_s) < 2147483647
    then (date_part('epoch', until_at - from_at) - less_s)::integer
  end;
comment on function warehouse.seconds_between(timestamptz, timestamptz, integer) is
  'Seconds from from_at to until_at, minus less_s; NULL if an argument is NULL or the result exceeds an integer.';

-- Gathers one track. In a view, a subquery over points would be planned over all months, and Citus refuses it if it is correlated. Here
-- the plan contains the day, so that only one month is read.
create function warehouse.track_geojson(
  track_device integer, track_day date, track_no smallint, south_e7 integer, west_e7 integer, north_e7 integer, east_e7 integer
) returns text
language plpgsql stable security definer parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  -- Text is three times faster than jsonb, and ODBC limits jsonb to 255 characters.
  return (
    select
      '{"type": "LineString", "bbox": ['
        || west_e7 / 1e7::double precision || ', ' || south_e7 / 1e7::double precision || ', '
        || east_e7 / 1e7::double precision || ', ' || north_e7 / 1e7::double precision
        || '], "coordinates": ['
        || string_agg(position, ', ' order by seq)
        -- GeoJSON requires at least two positions.
        || case when count(*) = 1 then ', ' || min(position) else '' end
        || ']}'
    from (
      select
        seq,
        '[' || longitude_e7 / 1e7::double precision || ', ' || latitude_e7 / 1e7::double precision || ']' as position
      from warehouse.route_point
      where device_key = track_device and day = track_day and route_no = track_no
        and latitude_e7 is not null and longitude_e7 is not null
    ) as point
  );
end
$$;
comment on function warehouse.track_geojson(integer, date, smallint, integer, integer, integer, integer) is
  'The line of a route''s points as GeoJSON text, for bi.route_track. It reads the points as its owner. Readers cannot call it directly, because they lack usage of this schema.';
