-- One row per device-day that was ever due; from checkpoint, failed_day, response_day, vehicle.
-- requires: vehicle
create view bi.data_coverage as
select
  vehicle.account,
  vehicle.device_id,
  checkpoint.day,
  -- Defines the state failed; other views take it from here.
  case
    when checkpoint.state = 'pending' and failed_day.device_key is not null then 'failed'
    else checkpoint.state
  end                                                      as state,
  checkpoint.route_count,
  checkpoint.point_count,
  checkpoint.fetched_at,
  checkpoint.reason,
  coalesce(failed_day.attempts, 0)                         as failed_attempts,
  coalesce(failed_day.retry_at, checkpoint.recheck_at)     as next_attempt_at,
  checkpoint.first_changed_at,
  checkpoint.last_changed_at,
  checkpoint.device_key                                    as vehicle_key,
  vehicle.vehicle_label,
  checkpoint.changed_at,
  response.response_key
from etl.checkpoint
left join bi.vehicle on vehicle.vehicle_key = checkpoint.device_key
left join etl.failed_day on failed_day.device_key = checkpoint.device_key and failed_day.day = checkpoint.day
left join etl.response_day as response
  on response.device_key = checkpoint.device_key and response.day = checkpoint.day and response.asked_day = checkpoint.day;

comment on view bi.data_coverage is
  'One row per vehicle and UTC day that was ever due: whether its data is complete. Key: vehicle_key, day. Additive: route_count, point_count, failed_attempts. NULL: does not apply to the state. A day without a row was never asked for. Source: the exporter''s checkpoints.';
comment on column bi.data_coverage.account is 'Name of the account. Source: configuration.';
comment on column bi.data_coverage.device_id is 'The vendor''s number of the device. Tag device_id.';
comment on column bi.data_coverage.day is 'UTC day. A local day touches two UTC days, in some zones three.';
comment on column bi.data_coverage.state is
  'pending (no complete response yet) · provisional (fetched, but more may come) · final (complete as far as can be known) · empty (final without routes, fetched or proven empty by seals) · beyond_history (closed, but not complete: answered without routes, and older than any day that the API is known to serve) · failed (every attempt so far failed; tried again later).';
comment on column bi.data_coverage.route_count is 'Trips that depart on the day, whichever responses contain them.';
comment on column bi.data_coverage.point_count is 'Points of those trips.';
comment on column bi.data_coverage.fetched_at is 'When the latest complete response for the day was requested; NULL if there is none.';
comment on column bi.data_coverage.reason is
  'Why the state holds: proven, sealed or settled for a closed day; day_not_over, not_heard, may_be_running, points_left_out, routes_absent, routes_paged, heard_again or odometer_mismatch for a provisional one; else NULL.';
comment on column bi.data_coverage.failed_attempts is 'Failed attempts since the last complete response.';
comment on column bi.data_coverage.next_attempt_at is
  'Before this time no nightly run asks again for a day that failed, or whose odometer disagrees, UTC; NULL for other days.';
comment on column bi.data_coverage.first_changed_at is
  'When the first complete response for the day ended, UTC; NULL without one.';
comment on column bi.data_coverage.last_changed_at is
  'When the latest complete response for the day that differs from the previous one ended, UTC; NULL without one.';
comment on column bi.data_coverage.vehicle_key is 'Key of the vehicle, as in bi.vehicle.';
comment on column bi.data_coverage.vehicle_label is 'Unique name of the vehicle, as in bi.vehicle.';
comment on column bi.data_coverage.changed_at is
  'When the rows or the state of the day were last written, by the database''s clock: replace the days with a later one to keep a copy current. Look back some minutes, because a load sets it before it commits.';
comment on column bi.data_coverage.response_key is
  'Latest complete response for the day, a number of the archive; NULL without one, and if it is pruned. fetched_at says when it was requested.';
