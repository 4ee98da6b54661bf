-- Tracks as PostGIS geometry, for QGIS, GeoServer and queries such as "who passed this yard". Optional: `migrate` neither makes it nor
-- needs it.
--
--   apt-get install postgresql-15-postgis-3       on the database server
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f deploy/postgis.sql
--
-- Run it as the owner of the tables; creating the extension may need a superuser. Running it again replaces the view. It reads the
-- tables from a schema of its own, so that it does not block `migrate` from replacing the views of bi.
\set QUIET on
set client_min_messages = warning;
begin;

create extension if not exists postgis;
create schema if not exists bi_postgis;
comment on schema bi_postgis is 'Tracks as PostGIS geometry. Optional, from deploy/postgis.sql.';
drop view if exists bi_postgis.route_geometry;

-- One row per trip that has a position; from route, route_point, device, account.
create view bi_postgis.route_geometry as
select
  account.name                                             as account,
  device.device_id,
  device.name                                              as device_name,
  route.local_date,
  route.departed_at,
  (
    select
      -- A line has at least two points: a single position is repeated.
      st_setsrid(st_makeline(
        case when count(*) = 1 then array_agg(position) || array_agg(position) else array_agg(position order by seq) end
      ), 4326)
    from (
      select seq, st_makepoint(longitude_e7 / 1e7::double precision, latitude_e7 / 1e7::double precision) as position
      from warehouse.route_point
      where route_point.device_key = route.device_key
        and route_point.day = route.day
        and route_point.route_no = route.route_no
        and route_point.latitude_e7 is not null
        and route_point.longitude_e7 is not null
    ) as point
  )::geometry(LineString, 4326)                            as track,
  st_makeenvelope(
    west_e7 / 1e7::double precision, south_e7 / 1e7::double precision,
    east_e7 / 1e7::double precision, north_e7 / 1e7::double precision, 4326
  )::geometry(Geometry, 4326)                              as box,
  route.day,
  route.local_month,
  route.device_key                                         as vehicle_key,
  route.trip_key
from warehouse.route
join warehouse.device using (device_key)
join warehouse.account using (account_key)
where route.south_e7 is not null;

comment on view bi_postgis.route_geometry is
  'One row per trip that has a position, with its track as geometry. Key: trip_key, as in bi.logbook. Points carry no time and their order is as sent. Read it for a vehicle or a few days: each row gathers all points of its trip. Source: tag route_points.';
comment on column bi_postgis.route_geometry.account is 'Name of the account. Source: configuration.';
comment on column bi_postgis.route_geometry.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi_postgis.route_geometry.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi_postgis.route_geometry.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi_postgis.route_geometry.departed_at is 'Departure: with account and device_id the trip''s key. Tag origin_timestamp.';
comment on column bi_postgis.route_geometry.track is
  'Line of the points that have a position, WGS 84 (SRID 4326), in the order sent. Its length in metres: st_length(track::geography). Tag route_points.';
comment on column bi_postgis.route_geometry.box is
  'Bounding box of the track, WGS 84, kept when the route was loaded: filter by it first, it reads no points. Computed from tag route_points.';
comment on column bi_postgis.route_geometry.day is 'UTC day of departure.';
comment on column bi_postgis.route_geometry.local_month is 'First day of the month of local_date.';
comment on column bi_postgis.route_geometry.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi_postgis.route_geometry.trip_key is 'Key of the trip, as in bi.logbook.';

-- The reader of `migrate --with-roles`, if there is one. Its search path is bi alone, where it would find neither this view nor the
-- functions and operators of PostGIS. The extension may be in any schema.
do $$
declare
  extension_schema name := (
    select nspname from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'postgis'
  );
begin
  if exists (select from pg_roles where rolname = 'fleetize_reader') then
    grant usage on schema bi_postgis to fleetize_reader;
    grant select on bi_postgis.route_geometry to fleetize_reader;
    execute format('grant usage on schema %I to fleetize_reader', extension_schema);
    execute format(
      'alter role fleetize_reader in database %I set search_path = bi, bi_postgis, %I', current_database(), extension_schema);
  end if;
end
$$;
commit;
