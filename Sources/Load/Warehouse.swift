import FleetModel
import Postgres

/// The surrogate key of an account.
public struct AccountKey: Hashable, Sendable {
  public let value: Int32
}

/// The surrogate key of a device within all accounts.
public struct DeviceKey: Hashable, Comparable, Sendable {
  public let value: Int32

  public static func < (left: DeviceKey, right: DeviceKey) -> Bool { left.value < right.value }
}

/// One account's part of the database.
///
/// Its methods are synchronous steps on the connection that they are given, so that a caller decides what commits together:
/// `try await connection.run { db in try db.transaction { … } }`.
public struct Warehouse: Sendable {
  public let account: AccountKey
  /// Of devices elsewhere; the others have the account's.
  let deviceTimeZones: [DeviceID: String]

  /// Finds the account, or adds it, and writes its time zones and limits as configured.
  ///
  /// - Throws: ``UnknownTimeZone``, before anything is written.
  public init(
    account name: String, timeZone: String, deviceTimeZones: [DeviceID: String] = [:], limits: AccountLimits,
    on db: isolated Connection
  ) throws {
    try Self.check(timeZone, deviceTimeZones, on: db)
    self.deviceTimeZones = deviceTimeZones
    account = try db.transaction {
      let account: Int32 = try db.query(
        """
        insert into warehouse.account (name, time_zone) values (\(name), \(timeZone))
        on conflict (name) do update set time_zone = excluded.time_zone
        returning account_key
        """
      )[0].decode("account_key")
      _ = try db.execute(
        """
        insert into etl.account_limit values
          (\(account), \(limits.egress), \(limits.dailyCalls), \(limits.requestInterval)::numeric)
        on conflict (account_key) do update
        set egress = excluded.egress, daily_calls = excluded.daily_calls, request_interval_s = excluded.request_interval_s
        """)
      try Self.write(deviceTimeZones, of: AccountKey(value: account), on: db)
      return AccountKey(value: account)
    }
  }
}

/// What an account may spend, as configured; kept in the database for the views only.
public struct AccountLimits: Hashable, Sendable {
  /// The name of the IP address that calls leave from.
  public var egress: String
  /// Calls in any 24 h.
  public var dailyCalls: Int
  /// Seconds from the end of a call to the start of the next.
  public var requestInterval: Double

  public init(egress: String, dailyCalls: Int, requestInterval: Double) {
    self.egress = egress
    self.dailyCalls = dailyCalls
    self.requestInterval = requestInterval
  }
}
