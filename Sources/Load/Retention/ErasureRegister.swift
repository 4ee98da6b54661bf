import FleetModel
import FoundationEssentials
import Postgres

/// The erasures of an account, as recorded in `etl.erasure`.
public struct RememberedErasures: Hashable, Sendable {
  public var all: [Erasure]
  /// Number of the latest erasure, up to which responses must be checked; 0 without any.
  public var through: Int64

  public var erasures: Erasures { Erasures(all) }
}

/// The table `etl.erasure`, which remembers what must never be stored again, and the deletion of erased rows.
public struct ErasureRegister: Sendable {
  let devices: Devices
  var account: AccountKey { devices.account }

  /// Every transaction that loads holds it shared; one that writes an erasure or a horizon holds it exclusively. A load therefore
  /// either knows of the erasure or has ended before it was written.
  private static let lockKey = Connection.lockKey(of: "'fleetize-etl erasures'")

  /// The erasures, locked against change until the open transaction ends. Call it before acquiring any other lock.
  public func held(on db: isolated Connection) throws -> RememberedErasures {
    _ = try db.query("select pg_catalog.pg_advisory_xact_lock_shared(\(Self.lockKey))")
    return try remembered(on: db)
  }

  /// Waits until no transaction is loading, and keeps others from loading until the open transaction ends. Call it before acquiring any
  /// other lock.
  static func lockMemory(on db: isolated Connection) throws {
    _ = try db.query("select pg_catalog.pg_advisory_xact_lock(\(lockKey))")
  }

  /// The erasures, oldest first.
  public func remembered(on db: isolated Connection) throws -> RememberedErasures {
    let rows = try db.query(
      """
      select erasure_key, device_id, from_day, to_day, erased_at
      from etl.erasure join warehouse.device using (device_key)
      where account_key = \(account)
      order by erasure_key
      """)
    return RememberedErasures(
      all: try rows.map {
        Erasure(
          device: try $0.decode("device_id"), days: try $0.decode("from_day")...$0.decode("to_day"),
          erasedAt: try $0.decode("erased_at"))
      },
      through: try rows.last?.decode("erasure_key") ?? 0)
  }

  /// Records erasures before anything is deleted. From this commit on, these days are neither fetched nor loaded.
  public func remember(_ erasures: [Erasure], on db: isolated Connection) throws {
    let known = Set(try remembered(on: db).all.map { [$0.device: $0.days] })
    let new = erasures.filter { !known.contains([$0.device: $0.days]) }
    guard !new.isEmpty else { return }
    try db.transaction {
      try Self.lockMemory(on: db)
      try note(new, on: db)
    }
  }

  /// As ``remember(_:on:)``, without a lock, in an open transaction that will be rolled back.
  public func insertForPreview(_ erasures: [Erasure], on db: isolated Connection) throws {
    try note(erasures, on: db)
  }

  private func note(_ erasures: [Erasure], on db: isolated Connection) throws {
    for erasure in erasures {
      _ = try db.execute(
        """
        insert into etl.erasure (device_key, from_day, to_day, erased_at)
        values (\(try devices.key(of: erasure.device, on: db)), \(erasure.days.lowerBound), \(erasure.days.upperBound), \(erasure.erasedAt))
        on conflict (device_key, from_day, to_day) do nothing
        """)
    }
  }

  /// Whether erased rows or responses exist, or responses that were not checked for an erasure: true after an erasure was recorded or a
  /// backup restored.
  public func isDue(_ remembered: RememberedErasures, on db: isolated Connection) throws -> Bool {
    guard !remembered.all.isEmpty else { return false }
    return try db.query(
      """
      with erasure as (
        select device_key, from_day, to_day,
               from_day::timestamp at time zone 'UTC' as starts_at, (to_day + 1)::timestamp at time zone 'UTC' as ends_at
        from etl.erasure join warehouse.device using (device_key)
        where account_key = \(account)
      )
      select exists (
          select from erasure join warehouse.route as t on t.device_key = erasure.device_key and t.day between from_day and to_day)
        or exists (
          select from erasure join warehouse.route_point as t on t.device_key = erasure.device_key and t.day between from_day and to_day)
        or exists (
          select from erasure join warehouse.device_reading as t
            on t.device_key = erasure.device_key and t.read_at >= starts_at and t.read_at < ends_at)
        or exists (
          select from erasure join etl.checkpoint as t on t.device_key = erasure.device_key and t.day between from_day and to_day)
        or exists (
          select from erasure join etl.failed_day as t on t.device_key = erasure.device_key and t.day between from_day and to_day)
        or exists (
          select from erasure join etl.response_day as t
            on t.device_key = erasure.device_key
            and (t.day between from_day and to_day or t.asked_day between from_day and to_day
                 or t.heard_at >= starts_at and t.heard_at < ends_at))
        or exists (
          select from erasure join etl.finding as t
            on t.device_key = erasure.device_key
            and (t.day between from_day and to_day or t.departed_at >= starts_at and t.departed_at < ends_at))
        or exists (
          select from erasure join etl.response as t on t.device_key = erasure.device_key and t.day between from_day and to_day)
        or exists (
          select from etl.response as t
          where t.account_key = \(account) and t.erased_through < \(remembered.through)
            and t.requested_at >= (select min(starts_at) - interval '1 day' from erasure))
        as is_due
      """)[0].decode("is_due")
  }

  public func isErased(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    try !db.query(
      "select from etl.erasure where device_key = \(device) and \(day)::date between from_day and to_day"
    ).isEmpty
  }
}
