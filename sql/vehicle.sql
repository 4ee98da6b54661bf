-- One row per vehicle; from device, account, retired_device.
--
-- Keys, names and zone: the other views join it. Outer joins by unique keys, so that the planner leaves out what a reader does not ask for.
create view bi.vehicle as
select
  device.device_key                                        as vehicle_key,
  case
    -- A name that ends like a label made here could be taken for one.
    when device.name is null or device.name ~ ' [0-9]+\)$' or device.name in (
      select name from warehouse.device group by name having count(*) > 1
    )
    then coalesce(device.name, 'unnamed') || ' (' || account.name || ' ' || device.device_id || ')'
    else device.name
  end                                                      as vehicle_label,
  account.name                                             as account,
  device.device_id,
  device.name                                              as device_name,
  device.imei,
  device.device_type                                       as type,
  device.description,
  coalesce(device.time_zone, account.time_zone)            as time_zone,
  retired_device.from_day                                  as retired_from
from warehouse.device
left join warehouse.account using (account_key)
left join etl.retired_device using (device_key);

comment on view bi.vehicle is
  'One row per vehicle that any response ever named: its keys, current names and time zone. Key: vehicle_key. Additive: nothing. NULL: no response has a value. A vehicle of these views is a device in the vendor''s document. Source: device responses and lists, configuration.';
comment on column bi.vehicle.vehicle_key is 'Key of the vehicle in one column, assigned once and never changed in a warehouse.';
comment on column bi.vehicle.vehicle_label is
  'Unique name for charts and filters: the current name. Account and device_id are added where two vehicles share a name or one has none.';
comment on column bi.vehicle.account is 'Name of the account. Source: configuration.';
comment on column bi.vehicle.device_id is 'The vendor''s number of the device, unique within the account. Tag device_id.';
comment on column bi.vehicle.device_name is 'Current name, not unique; NULL without one. Tag device_name.';
comment on column bi.vehicle.imei is 'IMEI of the device. Tag device_imei.';
comment on column bi.vehicle.type is 'Type of the device, such as CAR. Tag device_type.';
comment on column bi.vehicle.description is 'Current description given by the owner. Tag device_description.';
comment on column bi.vehicle.time_zone is 'Zone of the vehicle''s local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.vehicle.retired_from is 'First UTC day that is no longer asked for, because the vehicle was sold or taken out; NULL while it is in use. Source: the command device retire.';
