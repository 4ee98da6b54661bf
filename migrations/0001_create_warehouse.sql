-- The normalised tables. Every fact is keyed by its device-day: (device_key, day), day in UTC.
create schema warehouse;
comment on schema warehouse is
  'Normalised tables of the fleet: what the vendor''s responses say. A pure function of the archive in etl.response.';

create table warehouse.account (
  account_key integer generated always as identity primary key,
  name        text not null unique,
  time_zone   text not null default 'UTC',
  -- An unknown zone is refused here, by the error of the conversion, so that no view can fail on it later.
  constraint account_time_zone_is_known check (timestamp '2000-01-01' at time zone time_zone is not null)
);
comment on table warehouse.account is
  'One row a FLEETIZE account: one quota of calls, one time zone. Source: configuration, written by migrate and at every start.';
comment on column warehouse.account.account_key is 'Surrogate key. Not public: use name.';
comment on column warehouse.account.name is 'Name of the account as configured, such as default. Source: FLEETIZE_ACCOUNT.';
comment on column warehouse.account.time_zone is
  'Zone for local times in the views, an IANA name such as Europe/Berlin. Source: FLEETIZE_TIME_ZONE.';

-- device_key is assigned once and survives a replay; the attributes are those of the latest response.
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
  constraint device_time_zone_is_known
    check (time_zone is null or timestamp '2000-01-01' at time zone time_zone is not null)
);
comment on table warehouse.device is
  'One row a device that any response ever named, with the attributes of the latest response of either kind. A device that is no longer listed is kept.';
comment on column warehouse.device.device_key is 'Surrogate of account and device_id, assigned once and kept by a replay. Not public.';
comment on column warehouse.device.account_key is 'Account that the device belongs to.';
comment on column warehouse.device.device_id is 'The vendor''s number of the device, unique within the account. Tag device_id.';
comment on column warehouse.device.time_zone is
  'Zone for this device''s local times, an IANA name; NULL: the account''s. Source: configuration.';
comment on column warehouse.device.imei is 'IMEI of the device. Tag device_imei.';
comment on column warehouse.device.device_type is 'Type of the device, such as CAR. Tag device_type.';
comment on column warehouse.device.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device.description is 'Description given by the owner. Tag device_description.';
comment on column warehouse.device.portrait_url is 'Address of the device''s picture, percent-encoding undone. Tag device_portrait.';
comment on column warehouse.device.attributes_answered_at is
  'When the response that the attributes come from ended, UTC; NULL before any response.';

create table warehouse.device_version (
  device_key  integer     not null references warehouse.device,
  valid_from  timestamptz not null,
  name        text,
  description text,
  primary key (device_key, valid_from)
);
comment on table warehouse.device_version is
  'One row a change of a device''s name or description, valid until the device''s next row.';
comment on column warehouse.device_version.device_key is 'Device that was renamed.';
comment on column warehouse.device_version.valid_from is 'When the first response with these texts ended, UTC.';
comment on column warehouse.device_version.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device_version.description is 'Description given by the owner. Tag device_description.';

-- A time series, not a fact of a day. The same content at the same moment is one row however often it was answered.
-- numeric(19,3) holds every value that can be read, so that an absurd one is stored and found instead of failing the load.
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
-- The latest response of a kind for a device: one step backwards in this index.
create index device_reading_answered on warehouse.device_reading (device_key, source, last_answered_at);
comment on table warehouse.device_reading is
  'Time series of the attributes and sensors of a device, from the device list and from the node "device" of day responses. Equal content at one moment is one row. Absent values are NULL.';
comment on column warehouse.device_reading.device_key is 'Device that was read.';
comment on column warehouse.device_reading.read_at is
  'Moment that the values hold for, UTC: heartbeat_timestamp, else the time of the request.';
comment on column warehouse.device_reading.source is
  'Call that answered: devicelist or device. They document different tags, so that NULL can mean "not documented for this call".';
comment on column warehouse.device_reading.fingerprint is 'Hash over all values of the reading; equal content has an equal fingerprint.';
comment on column warehouse.device_reading.first_answered_at is 'When the first response with this content ended, UTC.';
comment on column warehouse.device_reading.last_answered_at is 'When the latest response with this content ended, UTC.';
comment on column warehouse.device_reading.imei is 'IMEI of the device. Tag device_imei.';
comment on column warehouse.device_reading.device_type is 'Type of the device, such as CAR. Tag device_type.';
comment on column warehouse.device_reading.name is 'Name given by the owner. Tag device_name.';
comment on column warehouse.device_reading.description is 'Description given by the owner. Tag device_description.';
comment on column warehouse.device_reading.portrait_url is
  'Address of the device''s picture, percent-encoding undone. Tag device_portrait.';
comment on column warehouse.device_reading.mileage_km is 'FLEETIZE mileage, km; not the dashboard''s odometer. Tag device_mileage.';
comment on column warehouse.device_reading.mileage_raw_km is
  'Internal mileage of the device, km. Tag device_mileage_raw, of device responses only.';
comment on column warehouse.device_reading.day_distance_km is 'Day-trip counter, km. Tag device_distance.';
comment on column warehouse.device_reading.speed_kmh is 'Speed, km/h. Tag device_speed, of device responses only.';
comment on column warehouse.device_reading.engine_rpm is 'Engine speed, revolutions a minute. Tag device_upm, of device responses only.';
comment on column warehouse.device_reading.engine_temperature_c is
  'Engine temperature, degrees Celsius. Tag device_temp_engine, of device responses only.';
comment on column warehouse.device_reading.external_voltage_v is
  'Voltage of the vehicle''s battery, V. Tag device_voltage_external, of device responses only.';
comment on column warehouse.device_reading.internal_voltage_v is
  'Voltage of the device''s battery, V. Tag device_voltage_internal, of device responses only.';
comment on column warehouse.device_reading.heading_deg is 'Heading, degrees. Tag device_angle, of device responses only.';
comment on column warehouse.device_reading.online_at is 'Last activity of the device, UTC. Tag online_timestamp.';
comment on column warehouse.device_reading.heartbeat_at is 'Last contact to the device, UTC. Tag heartbeat_timestamp.';
comment on column warehouse.device_reading.error_code is
  'Error code, see warehouse.device_error; unknown codes are kept. Tag error_code.';
comment on column warehouse.device_reading.error_at is 'When the error occurred, UTC. Tag error_code_time, of device responses only.';
comment on column warehouse.device_reading.error_text is 'The vendor''s words for the error, localised. Tag error_text.';
comment on column warehouse.device_reading.status_code is
  'State code, see warehouse.device_status; unknown codes are kept. Tag status_code, of device responses only.';
comment on column warehouse.device_reading.status_text is 'The vendor''s word for the state, localised. Tag status_text.';
comment on column warehouse.device_reading.status_absence is
  'How long the device has rested, localised, such as "Parking: 1d 10h". Tag status_absence, of lists only.';
comment on column warehouse.device_reading.status_description is
  'Since when the device has rested, localised. Tag status_description, of lists only.';
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
  -- Kept from the points when they are loaded, so that a dashboard over years need not read them.
  top_speed_kmh              numeric(5,1),
  south_e7                   integer,
  west_e7                    integer,
  north_e7                   integer,
  east_e7                    integer,
  primary key (device_key, day, route_no),
  -- The public key of a trip.
  unique (device_key, departed_at),
  constraint route_departs_on_its_day check (day = (departed_at at time zone 'UTC')::date)
);
-- A fleet's routes of a period, whatever the device.
create index route_departed on warehouse.route (departed_at);
comment on table warehouse.route is
  'One row a route (trip), from leaving an origin to reaching a destination. Belongs to the UTC day of its departure, whichever response carried it. Source: node "routes".';
comment on column warehouse.route.device_key is 'Device that drove.';
comment on column warehouse.route.day is 'UTC day of departed_at: with device_key the device-day that is replaced as a whole.';
comment on column warehouse.route.route_no is
  'Order of departure within the device-day. Shifts when a late route arrives: never public, use departed_at.';
comment on column warehouse.route.departed_at is 'When the origin was left, UTC; with the device the key of the route. Tag origin_timestamp.';
comment on column warehouse.route.arrived_at is 'When the destination was reached, UTC. Tag destination_timestamp.';
comment on column warehouse.route.origin_mileage_km is 'FLEETIZE mileage when leaving, km. Tag origin_mileage.';
comment on column warehouse.route.destination_mileage_km is 'FLEETIZE mileage when arriving, km. Tag destination_mileage.';
comment on column warehouse.route.origin_latitude_e7 is 'Latitude left, 1e-7 degrees, WGS 84. First part of tag origin_location.';
comment on column warehouse.route.origin_longitude_e7 is 'Longitude left, 1e-7 degrees, WGS 84. Second part of tag origin_location.';
comment on column warehouse.route.destination_latitude_e7 is
  'Latitude reached, 1e-7 degrees, WGS 84. First part of tag destination_location.';
comment on column warehouse.route.destination_longitude_e7 is
  'Longitude reached, 1e-7 degrees, WGS 84. Second part of tag destination_location.';
comment on column warehouse.route.average_speed_kmh is 'Mean of the point speeds above zero, km/h, as told by the vendor. Tag average_speed.';
comment on column warehouse.route.average_speed_distance_kmh is
  'Distance over time, km/h, as told by the vendor. Tag average_speed_distance.';
comment on column warehouse.route.pause_s is 'All pauses of the route together, s, as told by the vendor. Tag pause_duration.';
comment on column warehouse.route.pause_count is 'Rows of this route in warehouse.route_pause.';
comment on column warehouse.route.point_count is 'Rows of this route in warehouse.route_point.';
comment on column warehouse.route.top_speed_kmh is 'Highest speed of the route''s points, km/h; NULL without any. Computed from tag route_points.';
comment on column warehouse.route.south_e7 is 'Lowest latitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.west_e7 is 'Lowest longitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.north_e7 is 'Highest latitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';
comment on column warehouse.route.east_e7 is 'Highest longitude of the route''s points, 1e-7 degrees. Computed from tag route_points.';

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
-- Not unique and of few distinct keys: the index stores each once and costs a few bytes a point.
create index route_point_device_day on warehouse.route_point (device_key, day);
comment on table warehouse.route_point is
  'One row a point of a route, in the order sent; points carry no time. Partitioned by month of day. Source: tag route_points.';
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
comment on table warehouse.route_pause is 'One row a stop within a route, in the order sent. Source: node "route_pause".';
comment on column warehouse.route_pause.device_key is 'Device that stood.';
comment on column warehouse.route_pause.day is 'UTC day on which the route departed.';
comment on column warehouse.route_pause.route_no is 'Route of the device-day, see warehouse.route.';
comment on column warehouse.route_pause.seq is 'Position within the route as sent, from 1.';
comment on column warehouse.route_pause.pause_type_code is
  'Kind of pause, see warehouse.pause_type; unknown codes are kept. Tag type.';
comment on column warehouse.route_pause.is_grouped is 'Whether there are more pauses in this area. Tag grouped.';
comment on column warehouse.route_pause.started_at is 'Beginning of the pause, UTC. Tag start_timestamp.';
comment on column warehouse.route_pause.ended_at is 'End of the pause, UTC. Tag end_timestamp.';
comment on column warehouse.route_pause.mileage_km is 'FLEETIZE mileage while standing, km. Tag mileage.';
comment on column warehouse.route_pause.latitude_e7 is 'Latitude, 1e-7 degrees, WGS 84. First part of tag location.';
comment on column warehouse.route_pause.longitude_e7 is 'Longitude, 1e-7 degrees, WGS 84. Second part of tag location.';

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
comment on table warehouse.device_status is 'The documented states of a device. Source: attribute "status_code".';
comment on column warehouse.device_status.status_code is 'Code as sent in tag status_code.';
comment on column warehouse.device_status.name is 'The document''s word for the state.';
comment on column warehouse.device_status.description is 'The document''s explanation.';

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
comment on table warehouse.device_error is 'The documented errors of a device. Source: attribute "error_code".';
comment on column warehouse.device_error.error_code is 'Code as sent in tag error_code.';
comment on column warehouse.device_error.name is 'The document''s word for the error; None for code 0.';
comment on column warehouse.device_error.description is 'The document''s explanation.';

create table warehouse.pause_type (
  pause_type_code integer primary key,
  name            text not null
);
insert into warehouse.pause_type values (1, 'Ignition OFF'), (2, 'Long-Stopped');
comment on table warehouse.pause_type is 'The documented kinds of pauses. Source: tag type of node "route_pause".';
comment on column warehouse.pause_type.pause_type_code is 'Code as sent in tag type.';
comment on column warehouse.pause_type.name is 'The document''s word for the kind of pause.';
