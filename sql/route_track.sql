-- One row a route, with its track; from route, route_point, device, account.
create view bi.route_track as
with
trip as (
  select
    account.name                                             as account,
    device.device_id,
    device.name                                              as device_name,
    route.*
  from warehouse.route
  join warehouse.device using (device_key)
  join warehouse.account using (account_key)
)
select
  account,
  device_id,
  device_name,
  local_date,
  departed_at,
  case when south_e7 is not null then (
    -- By text and not by jsonb functions: three times faster. The day finds the one partition.
    select
      '{"type": "LineString", "bbox": ['
        || west_e7 / 1e7::double precision || ', ' || south_e7 / 1e7::double precision || ', '
        || east_e7 / 1e7::double precision || ', ' || north_e7 / 1e7::double precision
        || '], "coordinates": ['
        || string_agg(position, ', ' order by seq)
        -- A line has two positions at least.
        || case when count(*) = 1 then ', ' || min(position) else '' end
        || ']}'
    from (
      select
        seq,
        '[' || longitude_e7 / 1e7::double precision || ', ' || latitude_e7 / 1e7::double precision || ']' as position
      from warehouse.route_point
      where route_point.device_key = trip.device_key
        and route_point.day = trip.day
        and route_point.route_no = trip.route_no
        and route_point.latitude_e7 is not null
        and route_point.longitude_e7 is not null
    ) as point
  )::jsonb end                                               as geojson,
  south_e7 / 1e7::double precision                           as south_latitude,
  west_e7 / 1e7::double precision                            as west_longitude,
  north_e7 / 1e7::double precision                           as north_latitude,
  east_e7 / 1e7::double precision                            as east_longitude,
  destination_mileage_km - origin_mileage_km                 as distance_km,
  point_count,
  day,
  local_month
from trip;

comment on view bi.route_track is
  'One row a route with the line of its points, for maps. Read it for a vehicle or a few days: each row gathers all points of its trip. Source: tag route_points.';
comment on column bi.route_track.account is 'Name of the account. Source: configuration.';
comment on column bi.route_track.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_track.device_name is 'Current name of the device. Tag device_name.';
comment on column bi.route_track.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi.route_track.departed_at is 'Departure of the route: with account and device_id its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_track.geojson is
  'GeoJSON LineString (RFC 7946) with its bbox: positions are [longitude, latitude] in degrees, in the order sent, points without a fix left out; a single position stands twice. NULL without any. Over the 180th meridian the line is not cut and the bbox goes around the world.';
comment on column bi.route_track.south_latitude is 'Lowest latitude of the points, degrees, WGS 84.';
comment on column bi.route_track.west_longitude is 'Lowest longitude of the points, degrees, WGS 84.';
comment on column bi.route_track.north_latitude is 'Highest latitude of the points, degrees, WGS 84.';
comment on column bi.route_track.east_longitude is 'Highest longitude of the points, degrees, WGS 84.';
comment on column bi.route_track.distance_km is 'Distance by mileage, km, as in bi.logbook. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.route_track.point_count is 'Points of the route, those without a fix included.';
comment on column bi.route_track.day is 'UTC day of departure, computed from tag origin_timestamp.';
comment on column bi.route_track.local_month is 'First day of the month of local_date.';
