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
  /// - Parameter keeping: what stays as it is in the database when the account is known there.
  /// - Throws: ``UnknownTimeZone``, before anything is written.
  public init(
    account name: String, timeZone: String, deviceTimeZones: [DeviceID: String] = [:], limits: AccountLimits,
    keeping kept: Set<AccountSetting> = [], on db: isolated Connection
  ) throws {
    try Self.check(timeZone, deviceTimeZones, on: db)
    self.deviceTimeZones = deviceTimeZones
    account = try db.transaction {
      let account: Int32 = try db.query(
        """
        insert into warehouse.account (name, time_zone) values (\(name), \(timeZone))
        on conflict (name) do update
        set time_zone = case when \(kept.contains(.timeZone)) then account.time_zone else excluded.time_zone end
        returning account_key
        """
      )[0].decode("account_key")
      _ = try db.execute(
        """
        insert into etl.account_limit as known values
          (\(account), \(limits.egress), \(limits.dailyCalls), \(limits.requestInterval)::numeric)
        on conflict (account_key) do update
        set egress = case when \(kept.contains(.egress)) then known.egress else excluded.egress end,
          daily_calls = case when \(kept.contains(.dailyCalls)) then known.daily_calls else excluded.daily_calls end,
          request_interval_s =
            case when \(kept.contains(.requestInterval)) then known.request_interval_s else excluded.request_interval_s end
        """)
      if !kept.contains(.deviceTimeZones) {
        try Self.write(deviceTimeZones, of: AccountKey(value: account), on: db)
      }
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
