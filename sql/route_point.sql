-- One row per point of a trip; from route_point, route, response_day, vehicle.
-- requires: vehicle
create view bi.route_point as
select
  vehicle.account,
  vehicle.device_id,
  route.departed_at,
  route_point.seq,
  route_point.latitude_e7 / 1e7::double precision          as latitude,
  route_point.longitude_e7 / 1e7::double precision         as longitude,
  route_point.speed_tenths / 10::double precision          as speed_kmh,
  route_point.day,
  route.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  route.trip_key,
  response.response_key,
  response.requested_at
from warehouse.route_point
join warehouse.route using (device_key, day, route_no)
left join bi.vehicle on vehicle.vehicle_key = route.device_key
left join etl.response_day as response
  on response.device_key = route.device_key and response.day = route.day and response.asked_day = route.asked_day;

comment on view bi.route_point is
  'One row per point of a trip, in the order sent. Key: trip_key, seq. Additive: nothing. NULL: the point has no fix or no speed. Points carry no time of their own, no altitude and no accuracy, and the vendor does not promise their order. This view is large: read it by trip_key, or by device_id and departed_at. Source: tag route_points.';
comment on column bi.route_point.account is 'Name of the account. Source: configuration.';
comment on column bi.route_point.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_point.departed_at is 'Departure of the trip: with account and device_id its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_point.seq is 'Position within the trip as sent, from 1. A garbled point is left out and has no number.';
comment on column bi.route_point.latitude is 'Latitude, degrees, WGS 84; NULL without a fix. First part of a point in tag route_points.';
comment on column bi.route_point.longitude is 'Longitude, degrees, WGS 84; NULL without a fix. Second part of a point in tag route_points.';
comment on column bi.route_point.speed_kmh is 'Speed, km/h. Third part of a point in tag route_points.';
comment on column bi.route_point.day is
  'UTC day of departure, computed from tag origin_timestamp. Points are partitioned by its month: to read a whole fleet''s points of some weeks, filter by day too, so that other months are not read.';
comment on column bi.route_point.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.route_point.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.route_point.trip_key is 'Key of the trip, as in bi.logbook.';
comment on column bi.route_point.response_key is 'Response that the trip was taken from, as in bi.logbook.';
comment on column bi.route_point.requested_at is 'When that response was requested, as in bi.logbook.';
