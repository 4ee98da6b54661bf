import FleetModel
import FoundationEssentials
import Postgres

extension Warehouse {
  /// When the latest device list was answered that held a device; nil before the first.
  public func latestListAnswered(on db: isolated Connection) throws -> Date? {
    try db.query(
      """
      select max(last_answered_at) as answered_at
      from warehouse.device_reading join warehouse.device using (device_key)
      where account_key = \(account) and source = 'devicelist'
      """
    ).first?.decode("answered_at")
  }

  /// What is known of each device of the account.
  ///
  /// - Parameter listedSince: lists answered from then on say which devices there are.
  public func facts(listedSince: Date, on db: isolated Connection) throws -> [DeviceFacts] {
    var facts: [Int32: DeviceFacts] = [:]
    let devices = try db.query(
      """
      select d.device_key, d.device_id, d.name, f.first_day, list.online_at, list.heartbeat_at, list.status_code,
             coalesce(list.last_answered_at >= \(listedSince), false) as is_listed
      from warehouse.device as d
      left join etl.followed_device as f using (device_key)
      left join lateral (
        select online_at, heartbeat_at, status_code, last_answered_at
        from warehouse.device_reading as reading
        where reading.device_key = d.device_key and reading.source = 'devicelist'
        order by last_answered_at desc limit 1
      ) as list on true
      where d.account_key = \(account)
      order by d.device_id
      """)
    for row in devices {
      let status: Int32? = try row.decode("status_code")
      facts[try row.decode("device_key")] = DeviceFacts(
        device: try row.decode("device_id"), name: try row.decode("name"), isListed: try row.decode("is_listed"),
        onlineAt: try row.decode("online_at"), heartbeatAt: try row.decode("heartbeat_at"), isParked: status == 1,
        followedFrom: try row.decode("first_day"))
    }
    let days = try db.query(
      """
      select device_key, day, coalesce(c.state, 'pending') as state, c.reason, c.fetched_at,
             coalesce(f.attempts, 0) as attempts, f.retry_at
      from etl.checkpoint as c
      full join etl.failed_day as f using (device_key, day)
      join warehouse.device as d using (device_key)
      where d.account_key = \(account)
      """)
    for row in days {
      let name: String = try row.decode("state")
      guard let state = DayState(name: name, reason: try row.decode("reason")) else { continue }
      let day: UTCDay = try row.decode("day")
      facts[try row.decode("device_key"), default: DeviceFacts(device: DeviceID(0))].days[day] = DayFacts(
        state: state, fetchedAt: try row.decode("fetched_at"),
        failedAttempts: Int(try row.decode("attempts", as: Int32.self)), retryAt: try row.decode("retry_at"))
    }
    let spans = try db.query(
      """
      with list as (
        select device_key, online_at, heartbeat_at,
               count(online_at) over (partition by device_key order by first_answered_at) = 0 as is_never_active
        from warehouse.device_reading join warehouse.device using (device_key)
        where account_key = \(account) and source = 'devicelist' and heartbeat_at is not null
      )
      select device_key, online_at, max(heartbeat_at) as heartbeat_at
      from list
      where online_at is not null or is_never_active
      group by device_key, online_at
      """)
    for row in spans {
      facts[try row.decode("device_key"), default: DeviceFacts(device: DeviceID(0))].quietSpans.append(
        QuietSpan(lastActivity: try row.decode("online_at"), heartbeat: try row.decode("heartbeat_at")))
    }
    let erasures = try erasures(on: db).erasures
    return facts.values.sorted { $0.device < $1.device }.map { device in
      var device = device
      device.erasedDays = erasures.days[device.device] ?? []
      return device
    }
  }

  /// Notes device-days as wanted, and from which day on the nightly run covers devices that it meets for the first time.
  public func want(
    _ days: [WantedDay], follow: [WantedDay], on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      insert into etl.followed_device (device_key, first_day)
      select device_key, first_day
      from unnest(\(follow.map(\.device.value))::bigint[], \(follow.map(\.day.description))::date[]) as wanted (device_id, first_day)
      join warehouse.device using (device_id)
      where account_key = \(account)
      on conflict (device_key) do nothing
      """)
    _ = try db.execute(
      """
      insert into etl.checkpoint (device_key, day, state)
      select device_key, day, 'pending'
      from unnest(\(days.map(\.device.value))::bigint[], \(days.map(\.day.description))::date[]) as wanted (device_id, day)
      join warehouse.device using (device_id)
      where account_key = \(account)
      order by device_key, day
      on conflict (device_key, day) do nothing
      """)
  }

  /// Takes a device-day for this process, if no other has it. The claim ends with ``release(_:of:on:)`` or with the process.
  public func claim(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    try db.tryAdvisoryLock(device.value, day.number)
  }

  public func release(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws {
    _ = try db.advisoryUnlock(device.value, day.number)
  }

  /// The states of device-days as they stand now, where they have one.
  public func states(of days: some Collection<DayKey>, on db: isolated Connection) throws -> [DayKey: DayState] {
    guard !days.isEmpty else { return [:] }
    return try db.query(
      """
      select device_key, day, state, reason
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      join etl.checkpoint using (device_key, day)
      """
    ).reduce(into: [:]) { states, row in
      let day = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      states[day] = DayState(name: try row.decode("state"), reason: try row.decode("reason"))
    }
  }

  /// The checkpoint of a device-day as it stands now; nil where there is none.
  public func dayFacts(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> DayFacts? {
    guard
      let row = try db.query(
        "select state, reason, fetched_at from etl.checkpoint where device_key = \(device) and day = \(day)"
      ).first,
      let state = DayState(name: try row.decode("state"), reason: try row.decode("reason"))
    else { return nil }
    return DayFacts(state: state, fetchedAt: try row.decode("fetched_at"))
  }

  /// How often a device-day has failed since its last whole response, in runs.
  public func failedAttempts(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Int {
    let rows = try db.query("select attempts from etl.failed_day where device_key = \(device) and day = \(day)")
    return try rows.first.map { Int(try $0.decode("attempts", as: Int32.self)) } ?? 0
  }

  /// Records a failed attempt.
  public func noteFailure(
    _ day: UTCDay, of device: DeviceKey, attempts: Int, reason: String, now: Date, retryAt: Date,
    on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      insert into etl.failed_day (device_key, day, attempts, last_failed_at, retry_at, reason)
      values (\(device), \(day), \(Int32(attempts)), \(now), \(retryAt), \(reason))
      on conflict (device_key, day) do update
      set attempts = excluded.attempts, last_failed_at = excluded.last_failed_at, retry_at = excluded.retry_at,
          reason = excluded.reason
      """)
  }
}
