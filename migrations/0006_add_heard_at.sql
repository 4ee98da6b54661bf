-- The node "device" of a response tells what the vendor knew when it answered.
alter table etl.response_day
  add column heard_at timestamptz,
  add column is_parked boolean not null default false;
comment on column etl.response_day.heard_at is 'The device''s last contact as that response tells it, UTC; NULL where it does not, or was loaded before this was kept.';
comment on column etl.response_day.is_parked is 'Whether that response gives the status code 1, parked.';

update etl.response_day
set heard_at = reading.heartbeat_at, is_parked = coalesce(reading.status_code = 1, false)
from etl.response
join warehouse.device_reading as reading
  on reading.device_key = response.device_key and reading.source = 'device' and reading.first_answered_at = response.answered_at
where response.response_key = response_day.response_key and response.day = response_day.asked_day;
