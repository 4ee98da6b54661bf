-- One row a device and local day that has trips or was ever wanted; from logbook, local_day.
-- requires: logbook, local_day
create view bi.logbook_day as
with
-- Trips and days in one heap: a reader's filter reaches both, which it would not through a join.
part as (
  select
    account, device_id, device_name, local_date, local_month, time_zone, departed_at, arrived_at, distance_km,
    origin_mileage_km, destination_mileage_km, duration_s, driving_s, pause_s, top_speed_kmh, point_count,
    null::boolean as is_complete
  from bi.logbook
  union all
  select
    account, device_id, device_name, local_date, local_month, time_zone, null, null, null,
    null, null, null, null, null, null, null,
    is_complete
  from bi.local_day
),
day_of_device as (
  select
    account,
    device_id,
    device_name,
    local_date,
    local_month,
    time_zone,
    count(departed_at)::integer                              as trip_count,
    count(driving_s)                                         as timed_trip_count,
    sum(distance_km)                                         as distance_km,
    sum(distance_km) filter (where driving_s > 0)            as timed_distance_km,
    sum(driving_s) filter (where distance_km is not null and driving_s > 0)             as timed_driving_s,
    -- The first and the last reading that the day has: a trip may lack one of its two.
    (array_agg(coalesce(origin_mileage_km, destination_mileage_km) order by departed_at)
      filter (where coalesce(origin_mileage_km, destination_mileage_km) is not null))[1] as first_mileage_km,
    (array_agg(coalesce(destination_mileage_km, origin_mileage_km) order by departed_at desc)
      filter (where coalesce(origin_mileage_km, destination_mileage_km) is not null))[1] as last_mileage_km,
    sum(duration_s)                                          as duration_s,
    sum(driving_s)                                           as driving_s,
    sum(pause_s)                                             as pause_s,
    min(departed_at)                                         as first_departed_at,
    max(arrived_at)                                          as last_arrived_at,
    max(top_speed_kmh)                                       as top_speed_kmh,
    sum(point_count)                                         as point_count,
    coalesce(bool_or(is_complete), false)                    as is_complete
  from part
  group by account, device_id, device_name, local_date, local_month, time_zone
)
select
  account,
  device_id,
  device_name,
  local_date,
  trip_count,
  -- A day without trips has 0 of each, one whose trips do not tell has NULL.
  case when trip_count = 0 then 0 else last_mileage_km - first_mileage_km end    as odometer_distance_km,
  case when trip_count = 0 then 0 else distance_km end       as routes_distance_km,
  first_mileage_km,
  last_mileage_km,
  case when trip_count = 0 then 0 else duration_s end        as duration_s,
  case when trip_count = 0 then 0 else driving_s end         as driving_s,
  case
    when trip_count = 0 then 0
    -- Where one trip does not tell how long it drove, this is not known.
    when timed_trip_count < trip_count then null
    when last_arrived_at - first_departed_at between interval '-68 years' and interval '68 years'
    then extract(epoch from last_arrived_at - first_departed_at)::bigint - driving_s
  end                                                        as standing_s,
  case when trip_count = 0 then 0 else pause_s end           as pause_s,
  first_departed_at,
  last_arrived_at,
  first_departed_at at time zone time_zone                   as first_departed_local,
  last_arrived_at at time zone time_zone                     as last_arrived_local,
  round(timed_distance_km * 3600 / timed_driving_s, 2)       as average_speed_kmh,
  top_speed_kmh,
  coalesce(point_count, 0)                                   as point_count,
  is_complete,
  time_zone,
  local_month,
  timed_distance_km,
  timed_driving_s
from day_of_device;

comment on view bi.logbook_day is
  'One row a device and local day that has trips or was ever asked for; without trips it has zeros, and is_complete tells whether that is sure. A trip over midnight belongs to the day on which it began. FLEETIZE''s mileage, not the dashboard''s; purpose, partner, class and driver are not in the vendor''s API. Source: bi.logbook.';
comment on column bi.logbook_day.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook_day.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook_day.device_name is 'Current name of the device, also on old days. Tag device_name.';
comment on column bi.logbook_day.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi.logbook_day.trip_count is 'Trips that depart on the day.';
comment on column bi.logbook_day.odometer_distance_km is
  'last_mileage_km less first_mileage_km, km: the trips and the gaps between them. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.routes_distance_km is
  'Sum of the trips'' distances, km; without trips that lack a mileage. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.first_mileage_km is 'First FLEETIZE mileage of the day''s trips, km; not the dashboard''s odometer. Tag origin_mileage.';
comment on column bi.logbook_day.last_mileage_km is 'Last FLEETIZE mileage of the day''s trips, km; not the dashboard''s odometer. Tag destination_mileage.';
comment on column bi.logbook_day.duration_s is 'Sum of the trips'' durations, s, pauses included. Computed.';
comment on column bi.logbook_day.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.logbook_day.standing_s is
  'Seconds from the first departure to the last arrival that were not driven: pauses and the time between trips; NULL if any trip does not tell its driving_s. Computed.';
comment on column bi.logbook_day.pause_s is 'Pauses within the trips, s, as told by the vendor. Tag pause_duration.';
comment on column bi.logbook_day.first_departed_at is 'First departure. Tag origin_timestamp.';
comment on column bi.logbook_day.last_arrived_at is 'Last arrival; after midnight for a trip over midnight. Tag destination_timestamp.';
comment on column bi.logbook_day.first_departed_local is 'first_departed_at as local wall-clock time.';
comment on column bi.logbook_day.last_arrived_local is 'last_arrived_at as local wall-clock time.';
comment on column bi.logbook_day.average_speed_kmh is
  'Distance over driving time, pauses left out, km/h, of the trips that tell both; NULL without such a trip. Computed.';
comment on column bi.logbook_day.top_speed_kmh is 'Highest speed of any point, km/h. Computed from tag route_points.';
comment on column bi.logbook_day.point_count is 'Points of the day''s trips.';
comment on column bi.logbook_day.is_complete is 'Whether all UTC days that the local day touches are final or empty, as in bi.local_day.';
comment on column bi.logbook_day.time_zone is 'Zone of the local times: that of the device, else of the account. Source: configuration.';
comment on column bi.logbook_day.local_month is 'First day of the month of local_date.';
comment on column bi.logbook_day.timed_distance_km is 'Of routes_distance_km the part with a driving time, km: what average_speed_kmh is computed from.';
comment on column bi.logbook_day.timed_driving_s is 'Of driving_s the part with a distance, s: what average_speed_kmh is computed from.';
