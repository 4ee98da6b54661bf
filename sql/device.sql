-- One row a device: its attributes and latest state; from device, account, device_reading, device_status, device_error.
--
-- The two calls document different tags. A tag of both is shown from the latest response of either, a tag that only
-- `device` responses have from the latest of those: so the nightly list does not blank a voltage.
create view bi.device as
select
  account.name                                              as account,
  device.device_id,
  device.imei,
  device.device_type                                        as type,
  device.name,
  device.description,
  device.portrait_url,
  case when is_listed_last then listed.mileage_km else answered.mileage_km end as mileage_km,
  answered.mileage_raw_km,
  case when is_listed_last then listed.day_distance_km else answered.day_distance_km end as day_distance_km,
  answered.speed_kmh,
  answered.engine_rpm,
  answered.engine_temperature_c,
  answered.external_voltage_v,
  answered.internal_voltage_v,
  answered.heading_deg,
  answered.status_code,
  case when answered.status_code is not null then coalesce(device_status.name, 'unknown') end as status,
  case when is_listed_last then listed.error_code else answered.error_code end as error_code,
  case
    when case when is_listed_last then listed.error_code else answered.error_code end is not null
    then coalesce(device_error.name, 'unknown')
  end                                                       as error,
  answered.error_at,
  case when is_listed_last then listed.online_at else answered.online_at end as online_at,
  case when is_listed_last then listed.heartbeat_at else answered.heartbeat_at end as heartbeat_at,
  case when is_listed_last then listed.latitude_e7 else answered.latitude_e7 end / 1e7::double precision as latitude,
  case when is_listed_last then listed.longitude_e7 else answered.longitude_e7 end / 1e7::double precision as longitude,
  case when is_listed_last then listed.status_text else answered.status_text end as status_text,
  listed.status_absence,
  listed.status_description,
  case when is_listed_last then listed.error_text else answered.error_text end as error_text,
  case when is_listed_last then listed.last_answered_at else answered.last_answered_at end as answered_at
from warehouse.device
left join warehouse.account using (account_key)
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
cross join lateral (
  select answered.last_answered_at is null or listed.last_answered_at > answered.last_answered_at as is_listed_last
) as latest
left join warehouse.device_status on device_status.status_code = answered.status_code
left join warehouse.device_error
  on device_error.error_code = case when is_listed_last then listed.error_code else answered.error_code end;

comment on view bi.device is
  'One row a device that any response ever named: its attributes and latest state. Each column shows the latest response whose kind documents its tag; NULL if that response had no value.';
comment on column bi.device.account is 'Name of the account. Source: configuration.';
comment on column bi.device.device_id is 'The vendor''s number of the device, unique within the account. Tag device_id.';
comment on column bi.device.imei is 'IMEI of the device. Tag device_imei.';
comment on column bi.device.type is 'Type of the device, such as CAR. Tag device_type.';
comment on column bi.device.name is 'Name given by the owner. Tag device_name.';
comment on column bi.device.description is 'Description given by the owner. Tag device_description.';
comment on column bi.device.portrait_url is 'Address of the device''s picture. Tag device_portrait.';
comment on column bi.device.mileage_km is 'FLEETIZE mileage, km; not the dashboard''s odometer. Tag device_mileage.';
comment on column bi.device.mileage_raw_km is 'Internal mileage of the device, km. Tag device_mileage_raw, of device responses only.';
comment on column bi.device.day_distance_km is 'Day-trip counter, km. Tag device_distance.';
comment on column bi.device.speed_kmh is 'Speed, km/h. Tag device_speed, of device responses only.';
comment on column bi.device.engine_rpm is 'Engine speed, revolutions a minute. Tag device_upm, of device responses only.';
comment on column bi.device.engine_temperature_c is 'Engine temperature, degrees Celsius. Tag device_temp_engine, of device responses only.';
comment on column bi.device.external_voltage_v is 'Voltage of the vehicle''s battery, V. Tag device_voltage_external, of device responses only.';
comment on column bi.device.internal_voltage_v is 'Voltage of the device''s battery, V. Tag device_voltage_internal, of device responses only.';
comment on column bi.device.heading_deg is 'Heading, degrees. Tag device_angle, of device responses only.';
comment on column bi.device.status_code is 'State as sent; codes that the document does not know are kept. Tag status_code, of device responses only.';
comment on column bi.device.status is 'The document''s word for status_code, unknown for a code that it does not know.';
comment on column bi.device.error_code is 'Error as sent, 0 for none; codes that the document does not know are kept. Tag error_code.';
comment on column bi.device.error is 'The document''s word for error_code, None for 0, unknown for a code that it does not know.';
comment on column bi.device.error_at is 'When the error occurred. Tag error_code_time, of device responses only.';
comment on column bi.device.online_at is 'Last activity of the device. Tag online_timestamp.';
comment on column bi.device.heartbeat_at is 'Last contact to the device. Tag heartbeat_timestamp.';
comment on column bi.device.latitude is 'Latitude, degrees, WGS 84. First part of tag location.';
comment on column bi.device.longitude is 'Longitude, degrees, WGS 84. Second part of tag location.';
comment on column bi.device.status_text is 'The vendor''s word for the state, localised. Tag status_text.';
comment on column bi.device.status_absence is 'How long the device has rested, localised, such as "Parking: 1d 10h". Tag status_absence, of lists only.';
comment on column bi.device.status_description is 'Since when the device has rested, localised. Tag status_description, of lists only.';
comment on column bi.device.error_text is 'The vendor''s words for the error, localised. Tag error_text.';
comment on column bi.device.answered_at is 'When the latest response of either kind ended; NULL before any response.';
