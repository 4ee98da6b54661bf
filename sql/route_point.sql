-- One row a point of a route; from route_point, route, device, account.
create view bi.route_point as
select
  account.name                                             as account,
  device.device_id,
  route.departed_at,
  route_point.seq,
  route_point.latitude_e7 / 1e7::double precision          as latitude,
  route_point.longitude_e7 / 1e7::double precision         as longitude,
  route_point.speed_tenths / 10::double precision          as speed_kmh,
  route_point.day
from warehouse.route_point
join warehouse.route using (device_key, day, route_no)
left join warehouse.device using (device_key)
left join warehouse.account using (account_key);

comment on view bi.route_point is
  'One row a point of a route, in the order sent. Points carry no time of their own, no altitude and no accuracy, and the vendor does not promise their order. The big one: read it by device_id and departed_at. Source: tag route_points.';
comment on column bi.route_point.account is 'Name of the account. Source: configuration.';
comment on column bi.route_point.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_point.departed_at is 'Departure of the route: with account and device_id its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_point.seq is 'Position within the route as sent, from 1. A garbled point is left out and has no number.';
comment on column bi.route_point.latitude is 'Latitude, degrees, WGS 84; NULL without a fix. First part of a point in tag route_points.';
comment on column bi.route_point.longitude is 'Longitude, degrees, WGS 84; NULL without a fix. Second part of a point in tag route_points.';
comment on column bi.route_point.speed_kmh is 'Speed, km/h. Third part of a point in tag route_points.';
comment on column bi.route_point.day is
  'UTC day of departure, computed from tag origin_timestamp. Points are partitioned by its month: filter by it too when reading a whole fleet''s points of weeks, and other months stay unread for sure.';
