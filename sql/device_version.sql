-- One row per name, description or IMEI that a vehicle ever had; from device_version, vehicle.
-- requires: vehicle
create view bi.device_version as
select
  vehicle.account,
  vehicle.device_id,
  version.valid_from,
  lead(version.valid_from) over (partition by version.device_key order by version.valid_from) as valid_until,
  version.name                                             as device_name,
  version.description,
  vehicle.device_name                                      as current_device_name,
  version.device_key                                       as vehicle_key,
  vehicle.vehicle_label,
  version.imei
from warehouse.device_version as version
left join bi.vehicle on vehicle.vehicle_key = version.device_key;

comment on view bi.device_version is
  'One row per name, description or IMEI that a vehicle ever had. Key: vehicle_key, valid_from. Additive: nothing. NULL: no value; valid_until of the current names. Source: device lists and node "device".';
comment on column bi.device_version.account is 'Name of the account. Source: configuration.';
comment on column bi.device_version.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.device_version.valid_from is 'When the first response with these texts ended.';
comment on column bi.device_version.valid_until is 'When the first response with other texts ended; NULL if they are current.';
comment on column bi.device_version.device_name is 'Name at that time. Tag device_name.';
comment on column bi.device_version.description is 'Description at that time. Tag device_description.';
comment on column bi.device_version.current_device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.device_version.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.device_version.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.device_version.imei is 'IMEI of the tracker at that time: another one means that it was exchanged. Tag device_imei.';
