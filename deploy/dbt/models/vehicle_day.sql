-- One row per vehicle and local day. Replaces a vehicle's days from the first that changed.
{{ config(
  materialized = 'incremental',
  incremental_strategy = 'append',
  pre_hook = "{{ delete_changed_dates() }}",
  indexes = [{'columns': ['vehicle_key', 'local_date'], 'unique': True}, {'columns': ['changed_at']}]
) }}
select
  vehicle_key,
  vehicle_label,
  local_date,
  trip_count,
  opening_mileage_km,
  trips_km,
  gap_km,
  closing_mileage_km,
  is_complete,
  has_gap,
  changed_at
from {{ source('bi', 'logbook_day') }}
join ({{ first_missing_dates() }}) as missing using (vehicle_key)
where local_date >= first_date
