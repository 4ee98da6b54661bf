-- One row per vehicle: its attributes and latest state; from device, vehicle, device_reading, device_status, device_error.
-- requires: vehicle
--
-- The two kinds of responses document different tags. A tag of both is shown from the latest response of either kind, a tag that only
-- `device` responses have from the latest of those: so a nightly list does not blank a voltage.
create view bi.device as
select
  vehicle.account,
  device.device_id,
  device.imei,
  device.device_type                                        as type,
  device.name,
  device.description,
  device.portrait_url,
  latest.mileage_km,
  answered.mileage_raw_km,
  latest.day_distance_km,
  answered.speed_kmh,
  answered.engine_rpm,
  answered.engine_temperature_c,
  answered.external_voltage_v,
  answered.internal_voltage_v,
  answered.heading_deg,
  answered.status_code,
  case when answered.status_code is not null then coalesce(device_status.name, 'unknown') end as status,
  latest.error_code,
  case when latest.error_code is not null then coalesce(device_error.name, 'unknown') end     as error,
  answered.error_at,
  latest.online_at,
  latest.heartbeat_at,
  latest.latitude_e7 / 1e7::double precision                as latitude,
  latest.longitude_e7 / 1e7::double precision               as longitude,
  latest.status_text,
  listed.status_absence,
  listed.status_description,
  latest.error_text,
  latest.last_answered_at                                   as answered_at,
  device.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  vehicle.time_zone
from warehouse.device
left join bi.vehicle on vehicle.vehicle_key = device.device_key
-- Each takes one step in the index device_reading_answered, which has this order.
left join lateral (
  select *
  from warehouse.device_reading as reading
  where reading.device_key = device.device_key and reading.source = 'devicelist'
  order by last_answered_at desc, read_at desc, fingerprint
  limit 1
) as listed on true
left join lateral (
  select *
  from warehouse.device_reading as reading
  where reading.device_key = device.device_key and reading.source = 'device'
  order by last_answered_at desc, read_at desc, fingerprint
  limit 1
) as answered on true
left join lateral (
  select *
  from (select listed.* union all select answered.*) as either
  order by last_answered_at desc nulls last, source
  limit 1
) as latest on true
left join warehouse.device_status on device_status.status_code = answered.status_code
left join warehouse.device_error on device_error.error_code = latest.error_code;

comment on view bi.device is
  'One row per vehicle that any response ever named: its attributes and latest state. Key: vehicle_key. Each column shows the latest response of a kind that documents its tag; NULL if that response had no value.';
comment on column bi.device.account is 'Name of the account. Source: configuration.';
comment on column bi.device.device_id is 'The vendor''s number of the device, unique within the account. Tag device_id.';
comment on column bi.device.imei is 'IMEI of the device. Tag device_imei.';
comment on column bi.device.type is 'Type of the device, such as CAR. Tag device_type.';
comment on column bi.device.name is 'Name given by the owner. Tag device_name.';
comment on column bi.device.description is 'Description given by the owner. Tag device_description.';
comment on column bi.device.portrait_url is 'Address of the device''s picture. Tag device_portrait.';
comment on column bi.device.mileage_km is 'FLEETIZE mileage, km; not the dashboard''s odometer. Tag device_mileage.';
comment on column bi.device.mileage_raw_km is 'Internal mileage of the device, km. Tag device_mileage_raw, only in device responses.';
comment on column bi.device.day_distance_km is 'Day-trip counter, km. Tag device_distance.';
comment on column bi.device.speed_kmh is 'Speed, km/h. Tag device_speed, only in device responses.';
comment on column bi.device.engine_rpm is 'Engine speed, revolutions per minute. Tag device_upm, only in device responses.';
comment on column bi.device.engine_temperature_c is 'Engine temperature, degrees Celsius. Tag device_temp_engine, only in device responses.';
comment on column bi.device.external_voltage_v is 'Voltage of the vehicle''s battery, V. Tag device_voltage_external, only in device responses.';
comment on column bi.device.internal_voltage_v is 'Voltage of the device''s battery, V. Tag device_voltage_internal, only in device responses.';
comment on column bi.device.heading_deg is 'Heading, degrees. Tag device_angle, only in device responses.';
comment on column bi.device.status_code is 'Status as sent; undocumented codes are kept. Tag status_code, only in device responses.';
comment on column bi.device.status is 'Name of the status in the vendor''s document; unknown for an undocumented code.';
comment on column bi.device.error_code is 'Error as sent, 0 for none; undocumented codes are kept. Tag error_code.';
comment on column bi.device.error is 'Name of the error in the vendor''s document; None for 0, unknown for an undocumented code.';
comment on column bi.device.error_at is 'When the error occurred. Tag error_code_time, only in device responses.';
comment on column bi.device.online_at is 'Last activity of the device. Tag online_timestamp.';
comment on column bi.device.heartbeat_at is 'Last contact with the device. Tag heartbeat_timestamp.';
comment on column bi.device.latitude is 'Latitude, degrees, WGS 84. First part of tag location.';
comment on column bi.device.longitude is 'Longitude, degrees, WGS 84. Second part of tag location.';
comment on column bi.device.status_text is 'The vendor''s text for the status, localised. Tag status_text.';
comment on column bi.device.status_absence is 'How long the device has been at rest, localised, such as "Parking: 1d 10h". Tag status_absence, only in lists.';
comment on column bi.device.status_description is 'Since when the device has been at rest, localised. Tag status_description, only in lists.';
comment on column bi.device.error_text is 'The vendor''s text for the error, localised. Tag error_text.';
comment on column bi.device.answered_at is 'When the latest response of either kind ended; NULL before the first response.';
comment on column bi.device.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.device.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.device.time_zone is 'Zone of the vehicle''s local times: that of the device, otherwise of the account. Source: configuration.';
