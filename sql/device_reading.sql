-- One row per reading of a vehicle; from device_reading, vehicle, device_status, device_error.
-- requires: vehicle
create view bi.device_reading as
select
  vehicle.account,
  vehicle.device_id,
  reading.read_at,
  reading.source,
  reading.read_at at time zone vehicle.time_zone           as read_local,
  reading.mileage_km,
  reading.mileage_raw_km,
  reading.day_distance_km,
  reading.speed_kmh,
  reading.engine_rpm,
  reading.engine_temperature_c,
  reading.external_voltage_v,
  reading.internal_voltage_v,
  reading.heading_deg,
  reading.status_code,
  case when reading.status_code is not null then coalesce(device_status.name, 'unknown') end as status,
  reading.error_code,
  case when reading.error_code is not null then coalesce(device_error.name, 'unknown') end   as error,
  reading.error_at,
  reading.online_at,
  reading.heartbeat_at,
  reading.latitude_e7 / 1e7::double precision              as latitude,
  reading.longitude_e7 / 1e7::double precision             as longitude,
  reading.first_answered_at,
  reading.last_answered_at,
  vehicle.device_name,
  vehicle.time_zone,
  reading.device_key                                       as vehicle_key,
  vehicle.vehicle_label,
  reading.imei,
  reading.response_key,
  reading.requested_at,
  reading.fingerprint
from warehouse.device_reading as reading
left join bi.vehicle on vehicle.vehicle_key = reading.device_key
left join warehouse.device_status on device_status.status_code = reading.status_code
left join warehouse.device_error on device_error.error_code = reading.error_code;

comment on view bi.device_reading is
  'One row per vehicle, moment, kind of response and content: attributes and sensors over time. Key: vehicle_key, read_at, source, fingerprint. Additive: nothing. Not additive: mileage_km, mileage_raw_km, day_distance_km. NULL: the response has no value, or its kind does not document the tag: device lists have fewer. Source: device lists and node "device".';
comment on column bi.device_reading.account is 'Name of the account. Source: configuration.';
comment on column bi.device_reading.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.device_reading.read_at is 'Moment that the values hold for: the last contact, otherwise the time of the request. Tag heartbeat_timestamp.';
comment on column bi.device_reading.source is 'Kind of response: devicelist or device.';
comment on column bi.device_reading.read_local is 'read_at as local wall-clock time.';
comment on column bi.device_reading.mileage_km is 'FLEETIZE mileage, km; not the dashboard''s odometer. Tag device_mileage.';
comment on column bi.device_reading.mileage_raw_km is 'Internal mileage of the device, km. Tag device_mileage_raw, only in device responses.';
comment on column bi.device_reading.day_distance_km is 'Day-trip counter, km. Tag device_distance.';
comment on column bi.device_reading.speed_kmh is 'Speed, km/h. Tag device_speed, only in device responses.';
comment on column bi.device_reading.engine_rpm is 'Engine speed, revolutions per minute. Tag device_upm, only in device responses.';
comment on column bi.device_reading.engine_temperature_c is 'Engine temperature, degrees Celsius. Tag device_temp_engine, only in device responses.';
comment on column bi.device_reading.external_voltage_v is 'Voltage of the vehicle''s battery, V. Tag device_voltage_external, only in device responses.';
comment on column bi.device_reading.internal_voltage_v is 'Voltage of the device''s battery, V. Tag device_voltage_internal, only in device responses.';
comment on column bi.device_reading.heading_deg is 'Heading, degrees. Tag device_angle, only in device responses.';
comment on column bi.device_reading.status_code is 'Status as sent; undocumented codes are kept. Tag status_code, only in device responses.';
comment on column bi.device_reading.status is 'Name of the status in the vendor''s document; unknown for an undocumented code.';
comment on column bi.device_reading.error_code is 'Error as sent, 0 for none; undocumented codes are kept. Tag error_code.';
comment on column bi.device_reading.error is 'Name of the error in the vendor''s document; None for 0, unknown for an undocumented code.';
comment on column bi.device_reading.error_at is 'When the error occurred. Tag error_code_time, only in device responses.';
comment on column bi.device_reading.online_at is 'Last activity of the device. Tag online_timestamp.';
comment on column bi.device_reading.heartbeat_at is 'Last contact with the device. Tag heartbeat_timestamp.';
comment on column bi.device_reading.latitude is 'Latitude, degrees, WGS 84. First part of tag location.';
comment on column bi.device_reading.longitude is 'Longitude, degrees, WGS 84. Second part of tag location.';
comment on column bi.device_reading.first_answered_at is 'When the first response with this content ended.';
comment on column bi.device_reading.last_answered_at is 'When the latest response with this content ended.';
comment on column bi.device_reading.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.device_reading.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.device_reading.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.device_reading.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.device_reading.imei is 'IMEI of the device. Tag device_imei.';
comment on column bi.device_reading.response_key is 'First response with this content, a number of the archive, from which it may be pruned.';
comment on column bi.device_reading.requested_at is 'When that response was requested.';
comment on column bi.device_reading.fingerprint is 'Hash over all values: tells apart readings of one moment and kind that differ.';
