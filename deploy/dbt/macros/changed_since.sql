{# Rows that changed after this moment are new to the model's table. Read before anything is deleted from it. #}
{% macro changed_since() %}
  {%- if execute and is_incremental() -%}
    {%- set latest = run_query("select (coalesce(max(changed_at), '-infinity') - interval '" ~ var('fleetize_lookback') ~ "')::text from " ~ this) -%}
    '{{ latest.rows[0][0] }}'::timestamptz
  {%- else -%}
    '-infinity'::timestamptz
  {%- endif -%}
{% endmacro %}

{# Deletes the device-days that changed, or that are gone from the warehouse, before their trips are inserted again. #}
{% macro delete_changed_days() %}
  {%- if is_incremental() -%}
    delete from {{ this }} as known
    where (vehicle_key, day) in (
      select vehicle_key, day from {{ source('bi', 'data_coverage') }} where changed_at > {{ changed_since() }}
    )
    or not exists (
      select from {{ source('bi', 'data_coverage') }} as coverage
      where coverage.vehicle_key = known.vehicle_key and coverage.day = known.day
    )
  {%- endif -%}
{% endmacro %}

{# Deletes a vehicle's days from the first that changed or is gone: mileages and gaps follow from the days before. #}
{% macro delete_changed_dates() %}
  {%- if is_incremental() -%}
    delete from {{ this }} as known
    using (
      select vehicle_key, min(local_date) as first_date
      from (
        select vehicle_key, local_date from {{ source('bi', 'local_day') }} where changed_at > {{ changed_since() }}
        union all
        select vehicle_key, local_date from {{ this }} as former
        where not exists (
          select from {{ source('bi', 'local_day') }} as day
          where day.vehicle_key = former.vehicle_key and day.local_date = former.local_date
        )
      ) as day
      group by vehicle_key
    ) as changed
    where known.vehicle_key = changed.vehicle_key and known.local_date >= changed.first_date
  {%- endif -%}
{% endmacro %}

{# The first local day per vehicle that the model's table does not have. #}
{% macro first_missing_dates() %}
  select vehicle_key, min(local_date) as first_date
  from {{ source('bi', 'local_day') }} as day
  {% if is_incremental() -%}
  where not exists (
    select from {{ this }} as known where known.vehicle_key = day.vehicle_key and known.local_date = day.local_date
  )
  {%- endif %}
  group by vehicle_key
{% endmacro %}
