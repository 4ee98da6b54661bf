-- One row per vehicle and local day that has trips or was ever due; from vehicle, route, local_day.
-- requires: local_day, vehicle
--
-- Vehicle by vehicle, so that a filter by any attribute of the vehicle reaches the indexes, and no aggregate exceeds the memory.
create view bi.logbook_day as
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  day.local_date,
  day.trip_count,
  opening.mileage_km::numeric(19,3)                          as opening_mileage_km,
  -- A trip without mileages counts as 0 once the chain has begun: its kilometres are in a gap.
  case
    when day.trip_count = 0 then 0
    when opening.mileage_km is not null then coalesce(day.measured_km, 0)
  end::numeric(19,3)                                         as trips_km,
  (closing.mileage_km - opening.mileage_km - coalesce(day.measured_km, 0))::numeric(19,3) as gap_km,
  closing.mileage_km::numeric(19,3)                          as closing_mileage_km,
  nullif(next.mileage_km - closing.mileage_km, 0)::numeric(19,3) as gap_open_km,
  -- Without trips 0 of each; with trips that lack the values, NULL.
  case when day.trip_count = 0 then 0 else day.duration_s end as duration_s,
  case when day.trip_count = 0 then 0 else day.driving_s end as driving_s,
  case
    when day.trip_count = 0 then 0
    -- Unknown if any trip does not say how long it drove.
    when day.timed_trip_count = day.trip_count
    then warehouse.seconds_between(day.first_departed_at, day.last_arrived_at) - day.driving_s
  end                                                        as standing_s,
  case when day.trip_count = 0 then 0 else day.pause_s end   as pause_s,
  day.first_departed_at,
  day.last_arrived_at,
  day.first_departed_at at time zone vehicle.time_zone       as first_departed_local,
  day.last_arrived_at at time zone vehicle.time_zone         as last_arrived_local,
  round(day.timed_distance_km * 3600 / day.timed_driving_s, 2)::numeric(18,2) as average_speed_kmh,
  day.top_speed_kmh::numeric(5,1)                            as top_speed_kmh,
  coalesce(day.point_count, 0)                               as point_count,
  day.is_complete,
  vehicle.time_zone,
  day.local_month,
  day.timed_distance_km::numeric(19,3)                       as timed_distance_km,
  day.timed_driving_s,
  day.has_gap,
  vehicle.vehicle_key,
  vehicle.vehicle_label,
  day.measured_km::numeric(19,3)                             as measured_km,
  day.last_departed_at,
  day.local_week,
  day.local_year,
  day.in_gap,
  day.changed_at
from bi.vehicle
cross join lateral (
  select
    local_date,
    local_week,
    local_month,
    local_year,
    count(departed_at)::integer                              as trip_count,
    count(driving_s)                                         as timed_trip_count,
    sum(distance_km)                                         as measured_km,
    sum(distance_km) filter (where driving_s > 0)            as timed_distance_km,
    sum(driving_s) filter (where distance_km is not null and driving_s > 0) as timed_driving_s,
    sum(duration_s)                                          as duration_s,
    sum(driving_s)                                           as driving_s,
    sum(pause_s)                                             as pause_s,
    min(departed_at)                                         as first_departed_at,
    max(departed_at)                                         as last_departed_at,
    max(arrived_at)                                          as last_arrived_at,
    max(top_speed_kmh)                                       as top_speed_kmh,
    sum(point_count)                                         as point_count,
    coalesce(bool_or(is_complete), false)                    as is_complete,
    coalesce(bool_or(has_gap), false)                        as has_gap,
    coalesce(bool_or(in_gap), false)                         as in_gap,
    max(changed_at)                                          as changed_at
  from (
    -- Trips and days in one heap: a reader's filter reaches both, which it would not through a join.
    select
      local_date, local_week, local_month, local_year, departed_at, arrived_at, top_speed_kmh, point_count, pause_s,
      destination_mileage_km - origin_mileage_km             as distance_km,
      warehouse.seconds_between(departed_at, arrived_at)     as duration_s,
      warehouse.seconds_between(departed_at, arrived_at, pause_s) as driving_s,
      null::boolean as is_complete, null::boolean as has_gap, null::boolean as in_gap, null::timestamptz as changed_at
    from warehouse.route
    where route.device_key = vehicle.vehicle_key
    union all
    select
      local_date, local_week, local_month, local_year, null, null, null, null, null, null, null, null,
      is_complete, has_gap, in_gap, changed_at
    from bi.local_day
    where local_day.vehicle_key = vehicle.vehicle_key
  ) as part
  group by local_date, local_week, local_month, local_year
) as day
-- The trips around the day: each mileage is found by one step in an index. Aggregates of at most one row, so that what a reader does not
-- ask for is left out.
left join lateral (
  select max(found.mileage_km) as mileage_km
  from (
    select coalesce(
      (
        select
          case when earlier.device_key = vehicle.vehicle_key then coalesce(destination_mileage_km, origin_mileage_km) end
        from warehouse.route as earlier
        where (earlier.device_key, earlier.departed_at)
            < (vehicle.vehicle_key, coalesce(day.first_departed_at, day.local_date::timestamp at time zone vehicle.time_zone))
          and coalesce(destination_mileage_km, origin_mileage_km) is not null
        order by earlier.device_key desc, earlier.departed_at desc
        limit 1
      ),
      -- The first day of a vehicle begins with the first mileage.
      (
        select coalesce(origin_mileage_km, destination_mileage_km)
        from warehouse.route as first
        where first.device_key = vehicle.vehicle_key
          and first.departed_at between day.first_departed_at and day.last_departed_at
          and coalesce(origin_mileage_km, destination_mileage_km) is not null
        order by first.departed_at
        limit 1
      )
    ) as mileage_km
  ) as found
) as opening on true
left join lateral (
  select max(found.mileage_km) as mileage_km
  from (
    select
      case when latest.device_key = vehicle.vehicle_key then coalesce(destination_mileage_km, origin_mileage_km) end
        as mileage_km
    from warehouse.route as latest
    where (latest.device_key, latest.departed_at)
        <= (vehicle.vehicle_key, coalesce(day.last_departed_at, day.local_date::timestamp at time zone vehicle.time_zone))
      and coalesce(destination_mileage_km, origin_mileage_km) is not null
    order by latest.device_key desc, latest.departed_at desc
    limit 1
  ) as found
) as closing on true
left join lateral (
  select max(found.mileage_km) as mileage_km
  from (
    select
      case when later.device_key = vehicle.vehicle_key then coalesce(origin_mileage_km, destination_mileage_km) end
        as mileage_km
    from warehouse.route as later
    where (later.device_key, later.departed_at)
        > (vehicle.vehicle_key, coalesce(day.last_departed_at, day.local_date::timestamp at time zone vehicle.time_zone))
      and coalesce(destination_mileage_km, origin_mileage_km) is not null
    order by later.device_key, later.departed_at
    limit 1
  ) as found
) as next on true;

comment on view bi.logbook_day is
  'One row per vehicle and local day that has trips or was ever due. Key: vehicle_key, local_date. Additive: trip_count, trips_km, measured_km, gap_km, duration_s, driving_s, standing_s, pause_s, timed_distance_km, timed_driving_s, point_count. Additive over vehicles: opening_mileage_km, closing_mileage_km, gap_open_km. NULL: mileages are NULL before a vehicle''s first, seconds where no trip has the value, gap_open_km where no gap is open. Without trips it has zeros, and is_complete says whether that is certain. opening_mileage_km + trips_km + gap_km = closing_mileage_km in every row. A trip over midnight belongs to the day on which it began: for use by the clock, read bi.usage_day. FLEETIZE''s mileage, not the dashboard''s. Source: node "routes".';
comment on column bi.logbook_day.account is 'Name of the account. Source: configuration.';
comment on column bi.logbook_day.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.logbook_day.device_name is 'Name of the vehicle now, also on old rows. Tag device_name.';
comment on column bi.logbook_day.local_date is 'Local calendar day of departure, as in bi.logbook.';
comment on column bi.logbook_day.trip_count is 'Trips that depart on the day.';
comment on column bi.logbook_day.opening_mileage_km is
  'FLEETIZE mileage at the end of the day before, km; for the first day of a vehicle its first known mileage; NULL before that. Tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.trips_km is
  'Sum of the trips'' distances, km. Kilometres of trips that lack a mileage are in gap_km. NULL if no mileage is known yet. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.gap_km is
  'Sum of the gaps that ended on the day, km, as in bi.odometer_gap; negative if the mileage was set back. Computed.';
comment on column bi.logbook_day.closing_mileage_km is 'FLEETIZE mileage after the last trip that departed on the day, km. Tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.gap_open_km is
  'Kilometres of the gap that is open at the end of the day, km. They count on the day on which the gap ends. NULL if no gap is open.';
comment on column bi.logbook_day.duration_s is 'Sum of the trips'' durations, s, pauses included. Computed.';
comment on column bi.logbook_day.driving_s is 'Sum of the trips'' durations without their pauses, s. Computed.';
comment on column bi.logbook_day.standing_s is
  'Seconds from the first departure to the last arrival that were not driven: pauses and the time between trips; NULL if any trip lacks its driving_s. Computed.';
comment on column bi.logbook_day.pause_s is 'Pauses within the trips, s, as sent by the vendor. Tag pause_duration.';
comment on column bi.logbook_day.first_departed_at is 'First departure. Tag origin_timestamp.';
comment on column bi.logbook_day.last_arrived_at is 'Last arrival; after midnight for a trip over midnight. Tag destination_timestamp.';
comment on column bi.logbook_day.first_departed_local is 'first_departed_at as local wall-clock time.';
comment on column bi.logbook_day.last_arrived_local is 'last_arrived_at as local wall-clock time.';
comment on column bi.logbook_day.average_speed_kmh is
  'Distance divided by driving time, pauses excluded, km/h, of the trips that have both; NULL without such a trip. Computed.';
comment on column bi.logbook_day.top_speed_kmh is 'Highest speed of any point, km/h. Computed from tag route_points.';
comment on column bi.logbook_day.point_count is 'Points of the day''s trips.';
comment on column bi.logbook_day.is_complete is 'Whether all UTC days that the local day touches are final or empty, as in bi.local_day.';
comment on column bi.logbook_day.time_zone is 'Zone of the local times: that of the device, otherwise of the account. Source: configuration.';
comment on column bi.logbook_day.local_month is 'First day of the month of local_date.';
comment on column bi.logbook_day.timed_distance_km is 'The part of trips_km with a driving time, km: what average_speed_kmh is computed from.';
comment on column bi.logbook_day.timed_driving_s is 'The part of driving_s with a distance, s: what average_speed_kmh is computed from.';
comment on column bi.logbook_day.has_gap is 'Whether an interval of bi.odometer_gap with more than 1 km touches the day, as in bi.local_day.';
comment on column bi.logbook_day.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.logbook_day.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.logbook_day.measured_km is 'Sum of the trips'' distances, km; NULL without any. Computed from tags origin_mileage and destination_mileage.';
comment on column bi.logbook_day.last_departed_at is 'Last departure. Tag origin_timestamp.';
comment on column bi.logbook_day.local_week is 'Monday of the ISO week of local_date.';
comment on column bi.logbook_day.local_year is 'First day of the year of local_date.';
comment on column bi.logbook_day.in_gap is 'Whether the whole day lies inside such an interval, as in bi.local_day.';
comment on column bi.logbook_day.changed_at is
  'When the rows or the state of any of its UTC days were last written, as in bi.data_coverage. Mileages and gaps also follow from earlier days: if one changed, replace the vehicle''s later days too.';
