import FleetModel
import FoundationEssentials
import Postgres

/// The checkpoints of device-days: their state and what was fetched.
public struct Checkpoints: Sendable {
  let account: AccountKey

  /// The current states of device-days that have a checkpoint.
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

  /// The current checkpoint of a device-day; nil if there is none.
  public func facts(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> DayFacts? {
    guard
      let row = try db.query(
        "select state, reason, fetched_at from etl.checkpoint where device_key = \(device) and day = \(day)"
      ).first,
      let state = DayState(name: try row.decode("state"), reason: try row.decode("reason"))
    else { return nil }
    return DayFacts(state: state, fetchedAt: try row.decode("fetched_at"))
  }

  /// The days without a checkpoint.
  public func missing(among days: Set<DayKey>, on db: isolated Connection) throws -> Set<DayKey> {
    days.isEmpty ? [] : days.subtracting(try rows(of: days, on: db).keys)
  }

  /// Adds empty checkpoints.
  public func add(of days: Set<DayKey>, on db: isolated Connection) throws {
    try write(days.reduce(into: [:]) { $0[$1] = CheckpointRow() }, on: db)
  }

  /// Adds pending device-days, and for new devices the first day that nightly runs cover.
  public func add(
    pending days: [DeviceDayID], follow: [DeviceDayID], on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      insert into etl.followed_device (device_key, first_day)
      select device_key, first_day
      from unnest(\(follow.map(\.device.value))::bigint[], \(follow.map(\.day.description))::date[]) as followed (device_id, first_day)
      join warehouse.device using (device_id)
      where account_key = \(account)
      on conflict (device_key) do nothing
      """)
    _ = try db.execute(
      """
      insert into etl.checkpoint (device_key, day, state)
      select device_key, day, 'pending'
      from unnest(\(days.map(\.device.value))::bigint[], \(days.map(\.day.description))::date[]) as planned (device_id, day)
      join warehouse.device using (device_id)
      where account_key = \(account)
      order by device_key, day
      on conflict (device_key, day) do nothing
      """)
  }

  /// When responses first reported days, and last changed what they report.
  public func note(_ changes: [DayKey: ContentChange], on db: isolated Connection) throws {
    guard !changes.isEmpty else { return }
    let rows = changes.sorted { $0.key < $1.key }
    _ = try db.execute(
      """
      update etl.checkpoint as known
      set first_changed_at = least(known.first_changed_at, given.first_changed_at),
          last_changed_at = greatest(known.last_changed_at, given.last_changed_at)
      from unnest(
        \(rows.map(\.key.device))::integer[], \(rows.map(\.key.day))::date[], \(rows.map(\.value.first))::timestamptz[],
        \(rows.map(\.value.last))::timestamptz[]
      ) as given (device_key, day, first_changed_at, last_changed_at)
      where (known.device_key, known.day) = (given.device_key, given.day)
        and (known.first_changed_at, known.last_changed_at) is distinct from (
          least(known.first_changed_at, given.first_changed_at),
          greatest(known.last_changed_at, given.last_changed_at))
      """)
  }

  func rows(of days: some Collection<DayKey>, on db: isolated Connection) throws -> [DayKey: CheckpointRow] {
    try db.query(
      """
      select device_key, day, fetched_at, route_count, point_count, content_hash
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      join etl.checkpoint using (device_key, day)
      """
    ).reduce(into: [:]) { checkpoints, row in
      let key = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      checkpoints[key] = try CheckpointRow(row)
    }
  }

  func write(_ checkpoints: [DayKey: CheckpointRow], on db: isolated Connection) throws {
    guard !checkpoints.isEmpty else { return }
    let rows = checkpoints.sorted { $0.key < $1.key }
    _ = try db.execute(
      """
      insert into etl.checkpoint (device_key, day, state, fetched_at, route_count, point_count, content_hash)
      select device_key, day, 'pending', fetched_at, route_count, point_count, content_hash
      from unnest(
        \(rows.map(\.key.device))::integer[], \(rows.map(\.key.day))::date[], \(rows.map(\.value.fetchedAt))::timestamptz[],
        \(rows.map(\.value.routeCount))::integer[], \(rows.map(\.value.pointCount))::integer[],
        \(rows.map(\.value.contentHash))::bytea[]
      ) as given (device_key, day, fetched_at, route_count, point_count, content_hash)
      on conflict (device_key, day) do update
      set fetched_at = excluded.fetched_at, route_count = excluded.route_count, point_count = excluded.point_count,
          content_hash = excluded.content_hash
      """)
  }

  /// Claims a device-day for this process unless another process has it, until ``release(_:of:on:)`` or the end of the process.
  public func claim(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    try db.tryAdvisoryLock(device.value, day.number)
  }

  public func release(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws {
    _ = try db.advisoryUnlock(device.value, day.number)
  }
}
