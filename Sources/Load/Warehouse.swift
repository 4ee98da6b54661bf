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

  /// Finds the account, or adds it, and writes its time zones, with the local dates that follow from them, and limits as configured.
  ///
  /// - Parameter keeping: what stays as it is in the database when the account is known there.
  /// - Throws: ``UnknownTimeZone``, before anything is written.
  public init(
    account name: String, timeZone: String, deviceTimeZones: [DeviceID: String] = [:], limits: AccountLimits,
    keeping kept: Set<AccountSetting> = [], on db: isolated Connection
  ) throws {
    try Self.check(timeZone, deviceTimeZones, on: db)
    self.deviceTimeZones = deviceTimeZones
    account = try db.transaction {
      // What stands as configured is left alone: each start comes here.
      _ = try db.execute(
        """
        insert into warehouse.account (name, time_zone) values (\(name), \(timeZone))
        on conflict (name) do update set time_zone = excluded.time_zone
        where not \(kept.contains(.timeZone))::boolean and account.time_zone <> excluded.time_zone
        """)
      let account: Int32 = try db.query("select account_key from warehouse.account where name = \(name)")[0]
        .decode("account_key")
      let egress: SQL = kept.contains(.egress) ? "known.egress" : "excluded.egress"
      let dailyCalls: SQL = kept.contains(.dailyCalls) ? "known.daily_calls" : "excluded.daily_calls"
      let interval: SQL =
        kept.contains(.requestInterval) ? "known.request_interval_s" : "excluded.request_interval_s"
      _ = try db.execute(
        """
        insert into etl.account_limit as known values
          (\(account), \(limits.egress), \(limits.dailyCalls), \(limits.requestInterval)::numeric)
        on conflict (account_key) do update
        set (egress, daily_calls, request_interval_s) = (\(egress), \(dailyCalls), \(interval))
        where (known.egress, known.daily_calls, known.request_interval_s)
          is distinct from (\(egress), \(dailyCalls), \(interval))
        """)
      if !kept.contains(.deviceTimeZones) {
        try Self.write(deviceTimeZones, of: AccountKey(value: account), on: db)
      }
      try Self.writeLocalDates(of: AccountKey(value: account), on: db)
      return AccountKey(value: account)
    }
  }
}

/// What the database keeps of an account's configuration, by the names of its settings.
public enum AccountSetting: String, Hashable, Sendable, CaseIterable {
  case timeZone = "time_zone"
  case deviceTimeZones = "device_time_zones"
  case egress
  case dailyCalls = "daily_calls"
  case requestInterval = "request_interval"
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
