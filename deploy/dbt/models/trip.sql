-- One row per trip. Replaces whole device-days, so that a trip that disappears from the warehouse disappears here too.
{{ config(
  materialized = 'incremental',
  incremental_strategy = 'append',
  pre_hook = "{{ delete_changed_days() }}",
  indexes = [{'columns': ['vehicle_key', 'day']}, {'columns': ['trip_key'], 'unique': True}, {'columns': ['changed_at']}]
) }}
select
  trip_key,
  vehicle_key,
  vehicle_label,
  day,
  local_date,
  departed_at,
  arrived_at,
  distance_km,
  driving_s,
  changed_at
from {{ source('bi', 'logbook') }}
where changed_at > {{ changed_since() }}
