-- One row per vehicle and local month, next to the same month of the year before; from logbook_month.
-- requires: logbook_month
create view bi.vehicle_month as
select
  month.account,
  month.device_id,
  month.device_name,
  month.local_month,
  month.trip_count,
  month.trips_km,
  month.gap_km,
  (month.trips_km + month.gap_km)::numeric(19,3)           as total_km,
  month.driving_s,
  month.driving_day_count,
  month.is_complete,
  month.has_gap,
  former.trip_count                                        as former_trip_count,
  former.trips_km                                          as former_trips_km,
  former.gap_km                                            as former_gap_km,
  (former.trips_km + former.gap_km)::numeric(19,3)         as former_total_km,
  former.driving_s                                         as former_driving_s,
  former.driving_day_count                                 as former_driving_day_count,
  former.is_complete                                       as former_is_complete,
  (month.trips_km + month.gap_km - former.trips_km - former.gap_km)::numeric(19,3) as change_km,
  month.vehicle_key,
  month.vehicle_label
from bi.logbook_month as month
left join lateral (
  select *
  from bi.logbook_month as earlier
  where earlier.vehicle_key = month.vehicle_key and earlier.local_month = (month.local_month - interval '1 year')::date
  limit 1
) as former on true;

comment on view bi.vehicle_month is
  'One row per vehicle and local month, with the same month of the year before in columns that begin with former_. Key: vehicle_key, local_month. Additive: trip_count, trips_km, gap_km, total_km, driving_s, driving_day_count, former_trip_count, former_trips_km, former_gap_km, former_total_km, former_driving_s, former_driving_day_count, change_km. NULL: no mileage is known; former_* if nothing is known of the year before. Source: bi.logbook_month.';
comment on column bi.vehicle_month.account is 'Name of the account. Source: configuration.';
comment on column bi.vehicle_month.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.vehicle_month.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.vehicle_month.local_month is 'First day of the local month of departure.';
comment on column bi.vehicle_month.trip_count is 'Trips that depart in the month.';
comment on column bi.vehicle_month.trips_km is 'Sum of the trips'' distances, km, as in bi.logbook_month.';
comment on column bi.vehicle_month.gap_km is 'Sum of the gaps that ended in the month, km, as in bi.logbook_month.';
comment on column bi.vehicle_month.total_km is 'Trips and gaps together, km: the difference of the mileages. Computed.';
comment on column bi.vehicle_month.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.vehicle_month.driving_day_count is 'Local days with a departure.';
comment on column bi.vehicle_month.is_complete is 'Whether all days of the month are complete.';
comment on column bi.vehicle_month.has_gap is 'Whether any day of the month has a gap of more than 1 km.';
comment on column bi.vehicle_month.former_trip_count is 'Trips in the same month of the year before; NULL if nothing is known of it.';
comment on column bi.vehicle_month.former_trips_km is 'trips_km of the same month of the year before, km.';
comment on column bi.vehicle_month.former_gap_km is 'gap_km of the same month of the year before, km.';
comment on column bi.vehicle_month.former_total_km is 'total_km of the same month of the year before, km.';
comment on column bi.vehicle_month.former_driving_s is 'driving_s of the same month of the year before, s.';
comment on column bi.vehicle_month.former_driving_day_count is 'driving_day_count of the same month of the year before.';
comment on column bi.vehicle_month.former_is_complete is 'is_complete of the same month of the year before.';
comment on column bi.vehicle_month.change_km is 'total_km minus former_total_km, km. Computed.';
comment on column bi.vehicle_month.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.vehicle_month.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
