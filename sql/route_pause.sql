-- One row a pause within a route; from route_pause, route, device, account, pause_type.
create view bi.route_pause as
select
  account.name                                             as account,
  device.device_id,
  route.departed_at,
  route_pause.seq,
  route_pause.pause_type_code,
  case when route_pause.pause_type_code is not null then coalesce(pause_type.name, 'unknown') end as pause_type,
  route_pause.is_grouped,
  route_pause.started_at,
  route_pause.ended_at,
  -- One garbled time must not fail the query for all pauses: what no integer holds is NULL.
  case
    when route_pause.ended_at - route_pause.started_at between interval '-68 years' and interval '68 years'
    then extract(epoch from route_pause.ended_at - route_pause.started_at)::integer
  end                                                      as duration_s,
  route_pause.mileage_km,
  route_pause.latitude_e7 / 1e7::double precision          as latitude,
  route_pause.longitude_e7 / 1e7::double precision         as longitude
from warehouse.route_pause
join warehouse.route using (device_key, day, route_no)
left join warehouse.device using (device_key)
left join warehouse.account using (account_key)
left join warehouse.pause_type using (pause_type_code);

comment on view bi.route_pause is 'One row a stop within a route, in the order sent. Source: node "route_pause".';
comment on column bi.route_pause.account is 'Name of the account. Source: configuration.';
comment on column bi.route_pause.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.route_pause.departed_at is 'Departure of the route: with account and device_id its key in bi.logbook. Tag origin_timestamp.';
comment on column bi.route_pause.seq is 'Position within the route as sent, from 1.';
comment on column bi.route_pause.pause_type_code is 'Kind of pause as sent; codes that the document does not know are kept. Tag type.';
comment on column bi.route_pause.pause_type is 'The document''s word for the kind of pause, unknown for a code that it does not know. Tag type.';
comment on column bi.route_pause.is_grouped is 'Whether there are more pauses in this area. Tag grouped.';
comment on column bi.route_pause.started_at is 'Beginning of the pause. Tag start_timestamp.';
comment on column bi.route_pause.ended_at is 'End of the pause. Tag end_timestamp.';
comment on column bi.route_pause.duration_s is 'Seconds from started_at to ended_at. Computed from tags start_timestamp and end_timestamp.';
comment on column bi.route_pause.mileage_km is 'FLEETIZE mileage while standing, km; not the dashboard''s odometer. Tag mileage.';
comment on column bi.route_pause.latitude is 'Latitude, degrees, WGS 84. First part of tag location.';
comment on column bi.route_pause.longitude is 'Longitude, degrees, WGS 84. Second part of tag location.';
