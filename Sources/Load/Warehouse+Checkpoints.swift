import FleetModel
import FoundationEssentials
import Postgres

extension Warehouse {
  /// Marks the answer of a device-day as loaded: its checkpoint exists from here on, and earlier failures are forgotten.
  public func noteFetched(_ day: UTCDay, of device: DeviceKey, at requestedAt: Date, on db: isolated Connection) throws
  {
    _ = try db.execute(
      """
      insert into etl.checkpoint (device_key, day, state, fetched_at)
      values (\(device), \(day), 'pending', \(requestedAt))
      on conflict (device_key, day) do update set fetched_at = excluded.fetched_at
      """)
    _ = try db.execute("delete from etl.failed_day where device_key = \(device) and day = \(day)")
  }

  /// Judges again the days of a device that an answer requested at `since` can decide: those that are open, those named, and, when
  /// answers are loaded out of order, those fetched later.
  ///
  /// - Parameter includingPending: whether days without an answer are judged too: only a device list can prove them empty.
  /// - Returns: the days whose state is another now.
  @discardableResult
  public func judge(
    _ devices: [DeviceKey], days: [UTCDay] = [], includingPending: Bool = false, since: Date, settlingDays: Int,
    on db: isolated Connection
  ) throws -> Set<UTCDay> {
    var judged: Set<UTCDay> = []
    let rows = try db.query(
      """
      with reading as not materialized (
        -- A reading without an activity time means "never active" only while no earlier one had such a time.
        select device_key, read_at, source, first_answered_at, last_answered_at, heartbeat_at, status_code,
               coalesce(online_at, case when not exists (
                 select from warehouse.device_reading as earlier
                 where earlier.device_key = given.device_key and earlier.online_at is not null
                   and earlier.first_answered_at <= given.first_answered_at
               ) then '-infinity'::timestamptz end) as last_activity
        from warehouse.device_reading as given
      )
      -- Every look at the readings begins at a moment, so that one step in their index finds the few that can matter.
      select c.device_key, c.day, c.state, c.reason, c.fetched_at, c.route_count,
             coalesce(known.heard_at >= bounds.day_end, false) as was_heard_from,
             c.fetched_at is not null and exists (
               select from reading
               where reading.device_key = c.device_key and reading.read_at >= bounds.day_end
                 and reading.heartbeat_at >= bounds.day_end
                 and (reading.last_activity < bounds.day_end
                      or reading.status_code = 1 and reading.first_answered_at <= c.fetched_at
                      or reading.heartbeat_at >= c.fetched_at and reading.last_activity < known.heard_at)
             ) as was_at_rest,
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
             ) as is_settled
      from etl.checkpoint as c
      cross join lateral (
        select c.day::timestamp at time zone 'UTC' as day_start, (c.day + 1)::timestamp at time zone 'UTC' as day_end
      ) as bounds
      left join lateral (
        -- What the vendor had heard of at the fetch, as far as answers before it tell.
        select heartbeat_at as heard_at
        from warehouse.device_reading as reading
        where reading.device_key = c.device_key and reading.heartbeat_at is not null
          and reading.first_answered_at <= c.fetched_at
        order by reading.read_at desc limit 1
      ) as known on c.fetched_at is not null
      where c.device_key = any(\(devices.map(\.value)))
        and (c.state = 'provisional' or (c.state = 'pending' and \(includingPending)) or c.day = any(\(days.map(\.description))::date[])
             or c.fetched_at >= \(since))
      """)
    for row in rows {
      let day: UTCDay = try row.decode("day")
      let state = DayState(
        of: day,
        given: DayEvidence(
          fetchedAt: try row.decode("fetched_at"), routeCount: Int(try row.decode("route_count", as: Int32.self)),
          wasHeardFrom: try row.decode("was_heard_from"), wasAtRest: try row.decode("was_at_rest"),
          hasLaterRoute: try row.decode("has_later_route"), isSealedEmpty: try row.decode("is_sealed_empty"),
          isSettled: try row.decode("is_settled")))
      let former: (String, String?) = (try row.decode("state"), try row.decode("reason"))
      guard (state.name, state.reason) != former else { continue }
      _ = try db.execute(
        """
        update etl.checkpoint set state = \(state.name), reason = \(state.reason)
        where device_key = \(try row.decode("device_key", as: DeviceKey.self)) and day = \(day)
        """)
      judged.insert(day)
    }
    return judged
  }
}
