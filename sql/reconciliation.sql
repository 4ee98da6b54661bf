-- One row per vehicle and local month whose kilometres do not add up; from logbook_month, route, finding, vehicle.
-- requires: logbook_month, vehicle
--
-- The chain of mileages is followed here in another way than in the views of periods: by windows over all trips of a vehicle.
create view bi.reconciliation as
with
step as (
  select
    device_key,
    local_month,
    coalesce(origin_mileage_km, destination_mileage_km)
      - lag(coalesce(destination_mileage_km, origin_mileage_km)) over trips      as gap_km,
    destination_mileage_km - origin_mileage_km               as trip_km,
    -- Of the last trip of the month alone.
    case when lead(local_month) over trips is distinct from local_month then coalesce(destination_mileage_km, origin_mileage_km) end
                                                             as closing_mileage_km
  from warehouse.route
  where coalesce(origin_mileage_km, destination_mileage_km) is not null
  window trips as (partition by device_key order by departed_at)
),
chain as (
  select
    device_key                                               as vehicle_key,
    local_month,
    coalesce(sum(trip_km), 0)                                as trips_km,
    coalesce(sum(gap_km), 0)                                 as gap_km,
    max(closing_mileage_km)                                  as closing_mileage_km,
    coalesce(-sum(gap_km) filter (where gap_km < 0), 0) + coalesce(-sum(trip_km) filter (where trip_km < 0), 0) as fallen_km
  from step
  group by device_key, local_month
),
compared as (
  select
    coalesce(chain.vehicle_key, month.vehicle_key)           as vehicle_key,
    coalesce(chain.local_month, month.local_month)           as local_month,
    month.opening_mileage_km + month.trips_km + month.gap_km - month.closing_mileage_km as row_km,
    coalesce(month.trips_km, 0) - coalesce(chain.trips_km, 0) as trips_km,
    coalesce(month.gap_km, 0) - coalesce(chain.gap_km, 0)    as gap_km,
    coalesce(month.closing_mileage_km - chain.closing_mileage_km, 0) as closing_km,
    coalesce(fallen_km, 0)                                   as fallen_km
  from chain
  full join bi.logbook_month as month
    on month.vehicle_key = chain.vehicle_key and month.local_month = chain.local_month
),
difference as (
  select vehicle_key, local_month, check_name, difference_km
  from compared
  cross join lateral (
    values
      ('row', row_km), ('trips', trips_km), ('gaps', gap_km), ('closing', closing_km), ('mileage_fell', fallen_km)
  ) as checked (check_name, difference_km)
  where difference_km <> 0
)
select
  vehicle.account,
  vehicle.device_id,
  vehicle.device_name,
  difference.local_month,
  difference.check_name,
  difference.difference_km::numeric(19,3)                    as difference_km,
  (
    select count(*)::integer
    from etl.finding
    where finding.device_key = difference.vehicle_key
      and finding.rule like 'odometer%'
      and finding.day between difference.local_month - 1 and (difference.local_month + interval '1 month')::date
  )                                                          as finding_count,
  difference.vehicle_key,
  vehicle.vehicle_label
from difference
left join bi.vehicle on vehicle.vehicle_key = difference.vehicle_key;

comment on view bi.reconciliation is
  'One row per vehicle, local month and check that does not add up. Key: vehicle_key, local_month, check_name. Additive: nothing. Not additive: difference_km, finding_count. NULL: never. Apart from mileage_fell, it is empty if everything adds up. Reads all trips. Source: bi.logbook_month, node "routes".';
comment on column bi.reconciliation.account is 'Name of the account. Source: configuration.';
comment on column bi.reconciliation.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.reconciliation.device_name is 'Name of the vehicle now. Tag device_name.';
comment on column bi.reconciliation.local_month is 'First day of the local month.';
comment on column bi.reconciliation.check_name is
  'row (opening + trips + gaps is not closing) · trips (trips_km is not the sum of the trips) · gaps (gap_km is not the sum of the gaps) · closing (closing_mileage_km is not that of the last trip) · mileage_fell (the odometer was set back or trips overlap: see the findings). All but the last never appear.';
comment on column bi.reconciliation.difference_km is 'By how much it differs, km; for mileage_fell the kilometres by which it fell.';
comment on column bi.reconciliation.finding_count is 'Findings about the odometer in the month, in bi.finding.';
comment on column bi.reconciliation.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.reconciliation.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
