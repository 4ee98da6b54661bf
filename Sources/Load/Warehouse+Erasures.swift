import Crypto
import FleetModel
import FoundationEssentials
import Postgres

/// What is erased of an account, as remembered in `etl.erasure`.
public struct RememberedErasures: Hashable, Sendable {
  public var all: [Erasure]
  /// Number of the latest erasure; a response is checked up to it. 0 without any.
  public var through: Int64

  public var erasures: Erasures { Erasures(all) }
}

extension Warehouse {
  /// `erasures` in ASCII. Held shared by every transaction that loads, alone by the one that writes an erasure or a horizon down:
  /// who loads later knows of it, and who does not has ended before.
  private static let memoryLock: Int64 = 0x6572_6173_7572_6573

  /// What is erased, unchanged until the open transaction ends. Ask for it before anything else is locked.
  public func heldErasures(on db: isolated Connection) throws -> RememberedErasures {
    _ = try db.query("select pg_catalog.pg_advisory_xact_lock_shared(\(Self.memoryLock))")
    return try erasures(on: db)
  }

  /// Waits until no transaction loads, and lets none begin to load until the open transaction ends. It holds nothing else meanwhile.
  static func lockMemory(on db: isolated Connection) throws {
    _ = try db.query("select pg_catalog.pg_advisory_xact_lock(\(memoryLock))")
  }

  /// What is erased, oldest first.
  public func erasures(on db: isolated Connection) throws -> RememberedErasures {
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

  /// Writes erasures down, before anything is erased: from this commit on nothing of these days is fetched or loaded.
  public func remember(_ erasures: [Erasure], on db: isolated Connection) throws {
    let known = Set(try self.erasures(on: db).all.map { [$0.device: $0.days] })
    let new = erasures.filter { !known.contains([$0.device: $0.days]) }
    guard !new.isEmpty else { return }
    try db.transaction {
      try Self.lockMemory(on: db)
      try note(new, on: db)
    }
  }

  /// As ``remember(_:on:)``, within the open transaction, which is going to be rolled back: nobody has to wait for it.
  public func insertForPreview(_ erasures: [Erasure], on db: isolated Connection) throws {
    try note(erasures, on: db)
  }

  private func note(_ erasures: [Erasure], on db: isolated Connection) throws {
    for erasure in erasures {
      _ = try db.execute(
        """
        insert into etl.erasure (device_key, from_day, to_day, erased_at)
        values (\(try deviceKey(of: erasure.device, on: db)), \(erasure.days.lowerBound), \(erasure.days.upperBound), \(erasure.erasedAt))
        on conflict (device_key, from_day, to_day) do nothing
        """)
    }
  }

  /// Whether rows or responses are there that an erasure forbids, or responses that were never checked for it: true after an erasure was
  /// written down, and after a backup was restored.
  public func isErasureDue(_ remembered: RememberedErasures, on db: isolated Connection) throws -> Bool {
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

  /// Those of the devices that the account has.
  public func knownDevices(_ devices: Set<DeviceID>, on db: isolated Connection) throws -> Set<DeviceID> {
    Set(
      try db.query(
        """
        select device_id from warehouse.device
        where account_key = \(account) and device_id = any(\(devices.map(\.value))::bigint[])
        """
      ).map { try $0.decode("device_id") })
  }

  public func isErased(_ day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    try !db.query(
      "select from etl.erasure where device_key = \(device) and \(day)::date between from_day and to_day"
    ).isEmpty
  }

  // MARK: Rows

  /// What ``deleteErasedRows(of:on:)`` deleted.
  public struct ErasedRows: Hashable, Sendable {
    public var routes = 0
    public var points = 0
    public var readings = 0
    /// Checkpoints: device-days that were ever wanted.
    public var deviceDays = 0
  }

  /// Deletes all rows of a device's erased days.
  public func deleteErasedRows(of device: DeviceKey, on db: isolated Connection) throws -> ErasedRows {
    var rows = ErasedRows()
    // With constants the planner touches the partitions concerned alone.
    for days in try erasedDays(of: device, on: db) {
      let range: SQL = "where device_key = \(device) and day between \(days.lowerBound) and \(days.upperBound)"
      rows.points += try db.execute("delete from warehouse.route_point \(range)")
      rows.routes += try db.execute("delete from warehouse.route \(range)")
      rows.deviceDays += try db.execute("delete from etl.checkpoint \(range)")
      _ = try db.execute("delete from etl.failed_day \(range)")
    }
    let erased: SQL = "from etl.erasure where erasure.device_key = \(device) and t.device_key = \(device)"
    _ = try db.execute(
      """
      delete from etl.response_day as t
      where exists (select \(erased) and (t.day between from_day and to_day or t.asked_day between from_day and to_day))
      """)
    // What a response for another day told of the device at such a moment.
    _ = try db.execute(
      """
      update etl.response_day as t set heard_at = null, is_parked = false
      where (heard_at is not null or is_parked)
        and exists (
          select \(erased) and (coalesce(t.heard_at, t.requested_at) at time zone 'UTC')::date between from_day and to_day)
      """)
    _ = try db.execute(
      """
      delete from etl.finding as t
      where exists (
        select \(erased) and (
          t.day between from_day and to_day or (t.departed_at at time zone 'UTC')::date between from_day and to_day))
      """)
    rows.readings = try db.execute(
      """
      delete from warehouse.device_reading as t
      where exists (select \(erased) and (t.read_at at time zone 'UTC')::date between from_day and to_day)
      """)
    return rows
  }

  private func erasedDays(of device: DeviceKey, on db: isolated Connection) throws -> [ClosedRange<UTCDay>] {
    try db.query("select from_day, to_day from etl.erasure where device_key = \(device)").map {
      try $0.decode("from_day")...$0.decode("to_day")
    }
  }

  /// Takes the attributes and versions of a device from the readings that are left.
  public func rebuildAttributes(of device: DeviceKey, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      update warehouse.device
      set (imei, device_type, name, description, portrait_url, attributes_answered_at) = (
        select imei, device_type, name, description, portrait_url, last_answered_at
        from warehouse.device_reading as reading
        where reading.device_key = device.device_key
        order by last_answered_at desc, source, fingerprint limit 1)
      where device_key = \(device)
      """)
    try rebuildVersions(of: [device], on: db)
  }

  // MARK: The archive

  /// The responses that are kept for erased days of a device.
  public func responsesForErasedDays(of device: DeviceKey, on db: isolated Connection) throws -> [ResponseKey] {
    try keys(
      """
      select response_key, response.day from etl.erasure join etl.response using (device_key)
      where device_key = \(device) and response.day between from_day and to_day
      """, on: db)
  }

  /// Deletes the readings that these responses are the first or the last to tell, because when a reading was answered follows from
  /// the responses that are left.
  ///
  /// - Returns: since when responses have to be read again for the readings that they share with these; nil when there are none.
  public func deleteReadings(
    answeredBy responses: [ResponseKey], of device: DeviceKey, on db: isolated Connection
  ) throws -> Date? {
    try db.query(
      """
      with response as (
        select response.answered_at
        from unnest(\(responses.map(\.number))::bigint[], \(responses.map(\.day.description))::date[]) as given (response_key, day)
        join etl.response using (response_key, day)
      ), gone as (
        delete from warehouse.device_reading
        where device_key = \(device) and source = 'device'
          and (first_answered_at in (select answered_at from response) or last_answered_at in (select answered_at from response))
        returning first_answered_at
      )
      select min(first_answered_at) as since from gone
      """)[0].decode("since")
  }

  /// The responses of a device that must be read: those not checked for what is erased, and those answered since `since`; oldest first.
  public func responsesToCheck(
    of device: DeviceKey, through: Int64, since: Date?, on db: isolated Connection
  ) throws -> [ResponseKey] {
    try keys(
      """
      select response_key, day from etl.response
      where device_key = \(device)
        and (erased_through < \(through) and requested_at >= (
               select (min(from_day) - 1)::timestamp at time zone 'UTC' from etl.erasure where device_key = \(device))
             or answered_at >= \(since)::timestamptz)
      order by requested_at, response_key
      """, on: db)
  }

  /// The responses of the account that were not checked for what is erased, oldest first: device lists, and responses asked for other
  /// devices, which may have come with the wrong one's.
  public func otherResponsesToCheck(through: Int64, on db: isolated Connection) throws -> [ResponseKey] {
    try keys(
      """
      select response_key, day from etl.response
      where account_key = \(account) and erased_through < \(through)
        and requested_at >= (
          select (min(from_day) - 1)::timestamp at time zone 'UTC'
          from etl.erasure join warehouse.device using (device_key) where device.account_key = \(account))
      order by requested_at, response_key
      """, on: db)
  }

  /// The responses kept for a day, oldest first.
  public func responses(for day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> [ResponseKey] {
    try keys(
      """
      select response_key, day from etl.response where device_key = \(device) and day = \(day)
      order by requested_at, response_key
      """, on: db)
  }

  private func keys(_ query: SQL, on db: isolated Connection) throws -> [ResponseKey] {
    try db.query(query).map { ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day")) }
  }

  /// Notes that a response holds nothing that is erased up to `through`.
  public func noteClean(_ key: ResponseKey, through: Int64, on db: isolated Connection) throws {
    _ = try db.query(
      """
      select etl.redact_response(response_key, day, \(through), null, null, null, null)
      from etl.response where response_key = \(key.number) and day = \(key.day) and erased_through < \(through)
      """)
  }

  /// Puts a body in the place of an archived one.
  public func redact(
    _ key: ResponseKey, to body: [UInt8], through: Int64, now: Date, on db: isolated Connection
  ) throws {
    _ = try db.query(
      """
      select etl.redact_response(
        \(key.number), \(key.day), \(through), \(try CompressedBody.compress(body)), \(Int32(body.count)),
        \([UInt8](SHA256.hash(data: body))), \(now))
      """)
  }

  /// Deletes a response for an erased day, or one that nothing can show clean; its findings go with it.
  public func deleteErased(_ key: ResponseKey, on db: isolated Connection) throws {
    _ = try db.query("select etl.delete_erased_response(\(key.number), \(key.day))")
  }
}
