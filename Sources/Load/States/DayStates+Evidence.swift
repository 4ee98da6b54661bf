import FleetModel
import FoundationEssentials
import Postgres

/// What the archive says about days, as SQL.
extension DayStates {
  /// A common table expression `reading`: readings, with the latest activity that each of them shows.
  static var readings: SQL {
    """
    reading as not materialized (
      -- A reading without an activity time means "never active" only while none up to it had such a time, usable or not.
      select device_key, read_at, source, first_answered_at, last_answered_at, heartbeat_at, status_code,
             coalesce(online_at, case when not exists (
               select from warehouse.device_reading as earlier
               where earlier.device_key = given.device_key
                 and (earlier.online_at is not null or earlier.is_online_unusable)
                 and earlier.first_answered_at <= given.first_answered_at
             ) then '-infinity'::timestamptz end) as last_activity
      from warehouse.device_reading as given
    )
    """
  }

  /// A common table expression `doubtful`: the days named, and of the given devices those that are open or may have other evidence.
  static func doubtful(_ devices: [StateReview], days: some Collection<DayKey>) -> SQL {
    """
    doubtful as (
      select * from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as named (device_key, day)
      union
      select device_key, day
      from unnest(
        \(devices.map(\.device))::integer[], \(devices.map(\.since))::timestamptz[],
        \(devices.map(\.includesPending))::boolean[]
      ) as asked (device_key, since, includes_pending)
      join etl.checkpoint as known using (device_key)
      where known.state = 'provisional' or known.state = 'pending' and includes_pending or known.fetched_at >= since
        -- Settled without proof, whenever fetched: the new response may prove it, or show that the device has been heard from.
        or known.reason = 'settled' and since is not null
        -- Sealed by a list without an activity, of a device that has been active: a list that was taken earlier may say so.
        or known.reason = 'sealed' and includes_pending and since is not null and exists (
          select from warehouse.device_reading as active
          where active.device_key = known.device_key and (active.online_at is not null or active.is_online_unusable)
        ) and exists (
          select from warehouse.device_reading as list
          where list.device_key = known.device_key and list.source = 'devicelist'
            and list.online_at is null and not list.is_online_unusable and list.heartbeat_at is not null)
        -- A list may seal it; but only days after the last activity that some list shows.
        or known.state = 'beyond_history' and includes_pending and known.day::timestamp at time zone 'UTC' > (
          select min(coalesce(online_at, '-infinity')) from warehouse.device_reading as list
          where list.device_key = known.device_key and list.source = 'devicelist')
    )
    """
  }

  /// A query with a row per day of ``doubtful(_:days:)``: its state, and the columns of ``DayEvidence``.
  ///
  /// Every lookup of readings starts at a moment, so that their index leads to the few relevant ones.
  static func evidence(settlingDays: Int) -> SQL {
    """
    select c.device_key, c.day, c.state, c.reason, c.fetched_at, c.route_count,
           proven.state as proven_state, proven.reason as proven_reason,
           c.responses_pruned_at is not null and c.state in ('final', 'empty') as is_frozen,
           case when c.responses_pruned_at is null then own.doubt
                when c.reason in ('points_left_out', 'routes_absent', 'routes_paged') then c.reason end as doubt,
           coalesce(known.heard_at >= bounds.day_end, false) as was_heard_from,
           c.fetched_at is not null and (coalesce(own.is_parked and own.heard_at >= bounds.day_end, false) or exists (
             select from reading
             where reading.device_key = c.device_key and reading.read_at >= bounds.day_end
               and reading.heartbeat_at >= bounds.day_end
               and (reading.last_activity < bounds.day_end
                    or reading.status_code = 1 and reading.first_answered_at <= c.fetched_at
                    or reading.heartbeat_at >= c.fetched_at and reading.last_activity < known.heard_at)
           )) as was_at_rest,
           exists (
             select from warehouse.route as r
             where r.device_key = c.device_key
               and r.departed_at >= bounds.day_end and r.departed_at <= known.heard_at
           ) as has_later_route,
           c.route_count = 0 and exists (
             select from reading as list
             where list.device_key = c.device_key and list.source = 'devicelist' and list.read_at >= bounds.day_end
               and list.heartbeat_at >= bounds.day_end and list.last_activity < bounds.day_start
           ) as is_sealed_empty,
           c.fetched_at is not null and exists (
             select from warehouse.device_reading as list
             where list.device_key = c.device_key and list.source = 'devicelist'
               and list.last_answered_at >= bounds.day_end + make_interval(days => \(settlingDays))
           ) as is_settled,
           exists (
             select from warehouse.device_reading as list
             where list.device_key = c.device_key and list.source = 'devicelist' and list.read_at >= bounds.day_end
               and list.heartbeat_at >= bounds.day_end and list.first_answered_at > c.fetched_at
           ) as was_heard_later,
           c.fetched_at is null
             or c.fetched_at <= bounds.day_end + make_interval(days => \(settlingDays))
             or exists (
               select from etl.served_day as served
               where served.account_key = device.account_key and served.day <= c.day
                 and served.age_days >= (c.fetched_at at time zone 'UTC')::date - c.day
             ) as is_within_reach
    from doubtful
    join etl.checkpoint as c using (device_key, day)
    cross join lateral (
      select c.day::timestamp at time zone 'UTC' as day_start, (c.day + 1)::timestamp at time zone 'UTC' as day_end
    ) as bounds
    left join etl.response_day as own
      on own.device_key = c.device_key and own.day = c.day and own.asked_day = c.day
    left join lateral (
      -- The last contact that the vendor knew of when it answered, according to this response and earlier ones.
      select greatest(own.heard_at, (
        select heartbeat_at
        from warehouse.device_reading as reading
        where reading.device_key = c.device_key and reading.heartbeat_at is not null
          and reading.first_answered_at <= c.fetched_at
        order by reading.read_at desc limit 1
      )) as heard_at
    ) as known on c.fetched_at is not null
    left join etl.proven_day as proven on (proven.device_key, proven.day) = (c.device_key, c.day)
    join warehouse.device on device.device_key = c.device_key
    """
  }
}

extension DayEvidence {
  init(_ row: Row) throws {
    self.init(
      fetchedAt: try row.decode("fetched_at"), routeCount: Int(try row.decode("route_count", as: Int32.self)),
      doubt: (try row.decode("doubt") as String?).flatMap(DayState.OpenReason.init(rawValue:)),
      wasHeardFrom: try row.decode("was_heard_from"), wasAtRest: try row.decode("was_at_rest"),
      hasLaterRoute: try row.decode("has_later_route"), isSealedEmpty: try row.decode("is_sealed_empty"),
      isSettled: try row.decode("is_settled"), wasHeardLater: try row.decode("was_heard_later"),
      isWithinReach: try row.decode("is_within_reach"))
  }
}
