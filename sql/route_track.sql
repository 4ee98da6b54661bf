-- One row per trip, with its track; from route, response_day, vehicle.
-- requires: vehicle
create view bi.route_track as
with
trip as (
  select
    vehicle.account,
    vehicle.device_id,
    vehicle.device_name,
    vehicle.vehicle_label,
    route.*
  from warehouse.route
  left join bi.vehicle on vehicle.vehicle_key = route.device_key
)
select
  account,
  device_id,
  device_name,
  local_date,
  departed_at,
  case
    when south_e7 is not null
    then warehouse.track_geojson(trip.device_key, trip.day, route_no, south_e7, west_e7, north_e7, east_e7)
  end                                                        as geojson,
  south_e7 / 1e7::double precision                           as south_latitude,
  west_e7 / 1e7::double precision                            as west_longitude,
  north_e7 / 1e7::double precision                           as north_latitude,
  east_e7 / 1e7::double precision                            as east_longitude,
  (destination_mileage_km - origin_mileage_km)::numeric(19,3) as distance_km,
  point_count,
  trip.day,
  local_month,
  trip.device_key                                            as vehicle_key,
  vehicle_label,
  trip_key,
  track_km,
  response.response_key,
  response.requested_at
from trip
left join etl.response_day as response
  on response.device_key = trip.device_key and response.day = trip.day and response.asked_day = trip.asked_day;

comment on view bi.route_track is
  'One row per trip with the line of its points, for maps. Key: trip_key. Additive: distance_km, track_km, point_count. NULL: the trip has no positions or mileages. Read it for a vehicle or a few days: each row gathers all points of its trip. Source: tag route_points.';
comment on column bi.route_track.account is 'Name of the account. Source: configuration.';
comment on column bi.route_track.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_track.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.route_track.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi.route_track.departed_at is 'Departure of the trip. account, device_id and departed_at identify it in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_track.geojson is
  'GeoJSON LineString as text (RFC 7946) with its bbox: positions are [longitude, latitude] in degrees, in the order sent, without points that have no fix; a single position is repeated. NULL without positions. A line across the 180th meridian is not cut, and its bbox spans the world.';
comment on column bi.route_track.south_latitude is 'Lowest latitude of the points, degrees, WGS 84.';
comment on column bi.route_track.west_longitude is 'Lowest longitude of the points, degrees, WGS 84.';
comment on column bi.route_track.north_latitude is 'Highest latitude of the points, degrees, WGS 84.';
comment on column bi.route_track.east_longitude is 'Highest longitude of the points, degrees, WGS 84.';
comment on column bi.route_track.distance_km is 'Distance by mileage, km, as in bi.logbook. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.route_track.point_count is 'Points of the trip, including those without a fix.';
comment on column bi.route_track.day is 'UTC day of departure, computed from tag origin_timestamp.';
comment on column bi.route_track.local_month is 'First day of the month of local_date.';
comment on column bi.route_track.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.route_track.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.route_track.trip_key is 'Key of the trip, as in bi.logbook.';
comment on column bi.route_track.track_km is 'Length of the line, km, as in bi.logbook. Computed from tag route_points.';
comment on column bi.route_track.response_key is 'Response that the trip was taken from, as in bi.logbook.';
comment on column bi.route_track.requested_at is 'When that response was requested, as in bi.logbook.';
