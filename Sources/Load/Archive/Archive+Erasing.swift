import Crypto
import FleetModel
import FoundationEssentials
import Postgres

// Removal of erased days from the archive.

extension Archive {
  /// The archived responses for erased days of a device.
  public func responsesForErasedDays(of device: DeviceKey, on db: isolated Connection) throws -> [ResponseKey] {
    try keys(
      """
      select response_key, response.day from etl.erasure join etl.response using (device_key)
      where device_key = \(device) and response.day between from_day and to_day
      """, on: db)
  }

  /// The responses for a device that must be read: those not checked for erasures yet, and those answered since `since`; oldest first.
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

  /// The responses of the account that were not checked for erasures yet, oldest first: device lists, and responses for other devices,
  /// which may contain data of the wrong device.
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

  /// The archived responses for a day, oldest first.
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

  /// Records that a response contains nothing erased up to `through`.
  public func noteClean(_ key: ResponseKey, through: Int64, on db: isolated Connection) throws {
    _ = try db.query(
      """
      select etl.redact_response(response_key, day, \(through), null, null, null, null)
      from etl.response where response_key = \(key.number) and day = \(key.day) and erased_through < \(through)
      """)
  }

  /// Replaces the body of an archived response.
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

  /// Deletes a response for an erased day, or one that cannot be redacted, together with its findings.
  public func deleteErased(_ key: ResponseKey, on db: isolated Connection) throws {
    _ = try db.query("select etl.delete_erased_response(\(key.number), \(key.day))")
  }
}
