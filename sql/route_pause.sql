-- One row per pause within a trip; from route_pause, route, response_day, vehicle, pause_type.
-- requires: vehicle
create view bi.route_pause as
select
  vehicle.account,
  vehicle.device_id,
  route.departed_at,
  route_pause.seq,
  route_pause.pause_type_code,
  case when route_pause.pause_type_code is not null then coalesce(pause_type.name, 'unknown') end as pause_type,
  route_pause.is_grouped,
  route_pause.started_at,
  route_pause.ended_at,
  warehouse.seconds_between(route_pause.started_at, route_pause.ended_at) as duration_s,
  route_pause.mileage_km,
  route_pause.latitude_e7 / 1e7::double precision          as latitude,
  route_pause.longitude_e7 / 1e7::double precision         as longitude,
  route.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  route.trip_key,
  response.response_key,
  response.requested_at
from warehouse.route_pause
join warehouse.route using (device_key, day, route_no)
left join bi.vehicle on vehicle.vehicle_key = route.device_key
left join warehouse.pause_type using (pause_type_code)
left join etl.response_day as response
  on response.device_key = route.device_key and response.day = route.day and response.asked_day = route.asked_day;

comment on view bi.route_pause is
  'One row per pause within a trip, in the order sent. Key: trip_key, seq. Additive: duration_s. Not additive: mileage_km. NULL: the vendor sent no usable value. Pauses of one trip can overlap. Source: node "route_pause".';
comment on column bi.route_pause.account is 'Name of the account. Source: configuration.';
comment on column bi.route_pause.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_pause.departed_at is 'Departure of the trip: with account and device_id its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_pause.seq is 'Position within the trip as sent, from 1.';
comment on column bi.route_pause.pause_type_code is 'Kind of pause as sent; undocumented codes are kept. Tag type.';
comment on column bi.route_pause.pause_type is 'Name of the kind of pause in the vendor''s document; unknown for an undocumented code. Tag type.';
comment on column bi.route_pause.is_grouped is 'Whether there are more pauses in this area. Tag grouped.';
comment on column bi.route_pause.started_at is 'When the pause began. Tag start_timestamp.';
comment on column bi.route_pause.ended_at is 'When the pause ended; NULL if unknown. Tag end_timestamp.';
comment on column bi.route_pause.duration_s is 'Seconds from started_at to ended_at. Computed from tags start_timestamp and end_timestamp.';
comment on column bi.route_pause.mileage_km is 'FLEETIZE mileage during the pause, km; not the dashboard''s odometer. Tag mileage.';
comment on column bi.route_pause.latitude is 'Latitude, degrees, WGS 84. First part of tag location.';
comment on column bi.route_pause.longitude is 'Longitude, degrees, WGS 84. Second part of tag location.';
comment on column bi.route_pause.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.route_pause.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.route_pause.trip_key is 'Key of the trip, as in bi.logbook.';
comment on column bi.route_pause.response_key is 'Response that the trip was taken from, as in bi.logbook.';
comment on column bi.route_pause.requested_at is 'When that response was requested, as in bi.logbook.';
