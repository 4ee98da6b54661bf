-- One row per vehicle: its attributes and latest state; from device, vehicle, device_reading, device_status, device_error.
-- requires: vehicle
--
-- The latest state is that of the latest moment, whichever kind of response reported it and however late. A tag that the newer of the
-- two kinds leaves out is shown from the older one; a tag that only `device` responses have from the latest of those.
create view bi.device as
select
  vehicle.account,
  device.device_id,
  device.imei,
  device.device_type                                        as type,
  device.name,
  device.description,
  device.portrait_url,
  coalesce(latest.mileage_km, older.mileage_km) as mileage_km,
  answered.mileage_raw_km,
  coalesce(latest.day_distance_km, older.day_distance_km) as day_distance_km,
  answered.speed_kmh,
  answered.engine_rpm,
  answered.engine_temperature_c,
  answered.external_voltage_v,
  answered.internal_voltage_v,
  answered.heading_deg,
  answered.status_code,
  case when answered.status_code is not null then coalesce(device_status.name, 'unknown') end as status,
  faulty.error_code,
  case when faulty.error_code is not null then coalesce(device_error.name, 'unknown') end     as error,
  answered.error_at,
  coalesce(latest.online_at, older.online_at) as online_at,
  coalesce(latest.heartbeat_at, older.heartbeat_at) as heartbeat_at,
  located.latitude_e7 / 1e7::double precision                as latitude,
  located.longitude_e7 / 1e7::double precision               as longitude,
  coalesce(latest.status_text, older.status_text) as status_text,
  listed.status_absence,
  listed.status_description,
  faulty.error_text,
  latest.last_answered_at                                   as answered_at,
  device.device_key                                         as vehicle_key,
  vehicle.vehicle_label,
  vehicle.time_zone
from warehouse.device
left join bi.vehicle on vehicle.vehicle_key = device.device_key
-- Each takes one step in the index device_reading_latest, which has this order.
left join lateral (
  select *
  from warehouse.device_reading as reading
  where reading.device_key = device.device_key and reading.source = 'devicelist'
  order by read_at desc, last_answered_at desc, fingerprint
  limit 1
) as listed on true
left join lateral (
  select *
  from warehouse.device_reading as reading
  where reading.device_key = device.device_key and reading.source = 'device'
  order by read_at desc, last_answered_at desc, fingerprint
  limit 1
) as answered on true
left join lateral (
  select *
  from (select listed.* union all select answered.*) as either
  order by read_at desc nulls last, last_answered_at desc nulls last, source
  limit 1
) as latest on true
left join lateral (
  select *
  from (select listed.* union all select answered.*) as either
  where either.source <> latest.source
) as older on true
-- Values that belong together come from one reading.
cross join lateral (
  select
    case when latest.latitude_e7 is not null then latest.latitude_e7 else older.latitude_e7 end as latitude_e7,
    case when latest.latitude_e7 is not null then latest.longitude_e7 else older.longitude_e7 end as longitude_e7
) as located
cross join lateral (
  select
    case when latest.error_code is not null then latest.error_code else older.error_code end as error_code,
    case when latest.error_code is not null then latest.error_text else older.error_text end as error_text
) as faulty
left join warehouse.device_status on device_status.status_code = answered.status_code
left join warehouse.device_error on device_error.error_code = faulty.error_code;

comment on view bi.device is
  'One row per vehicle that any response ever named: its attributes and latest state. Key: vehicle_key. Additive: nothing. Additive over vehicles: mileage_km, mileage_raw_km, day_distance_km. NULL: no response has a value. Each column shows the value of the latest moment; a tag that the newer kind of response leaves out is shown from the older one.';
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
comment on column bi.device.answered_at is 'When the response with the latest moment ended; NULL before any response.';
comment on column bi.device.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.device.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.device.time_zone is 'Zone of the vehicle''s local times: that of the device, otherwise of the account. Source: configuration.';
