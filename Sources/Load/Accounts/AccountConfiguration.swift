import FleetModel
import Postgres

/// The part of an account's configuration that the database keeps.
public struct AccountConfiguration: Sendable {
  public var name: String
  public var timeZone: String
  /// Only of devices in another zone than the account.
  public var deviceTimeZones: [DeviceID: String]
  public var limits: AccountLimits
  /// Nights after which a listed device that was never heard from is a finding. Not kept.
  public var unjudgedNights: Int

  public init(
    name: String, timeZone: String, deviceTimeZones: [DeviceID: String] = [:], limits: AccountLimits,
    unjudgedNights: Int = 3
  ) {
    self.name = name
    self.timeZone = timeZone
    self.deviceTimeZones = deviceTimeZones
    self.limits = limits
    self.unjudgedNights = unjudgedNights
  }

  /// Adds the account, or updates its limits and time zones, and with these the local dates of its routes.
  ///
  /// - Parameter kept: settings whose values in the database stay if the account is known there.
  /// - Throws: ``UnknownTimeZone``, before anything is written.
  public func write(keeping kept: Set<AccountSetting> = [], on db: isolated Connection) throws {
    try TimeZones.check(timeZone, deviceTimeZones, on: db)
    try db.transaction {
      let account = try writeAccount(keeping: kept, on: db)
      try writeLimits(of: account, keeping: kept, on: db)
      if !kept.contains(.deviceTimeZones) { try TimeZones.write(deviceTimeZones, of: account, on: db) }
      try TimeZones.writeLocalDates(of: account, on: db)
    }
  }

  // Called at every start, so unchanged values are not written.

  private func writeAccount(keeping kept: Set<AccountSetting>, on db: isolated Connection) throws -> AccountKey {
    _ = try db.execute(
      """
      insert into warehouse.account (name, time_zone) values (\(name), \(timeZone))
      on conflict (name) do update set time_zone = excluded.time_zone
      where not \(kept.contains(.timeZone))::boolean and account.time_zone <> excluded.time_zone
      """)
    return try db.query("select account_key from warehouse.account where name = \(name)")[0].decode("account_key")
  }

  private func writeLimits(of account: AccountKey, keeping kept: Set<AccountSetting>, on db: isolated Connection) throws
  {
    let egress: SQL = kept.contains(.egress) ? "known.egress" : "excluded.egress"
    let dailyCalls: SQL = kept.contains(.dailyCalls) ? "known.daily_calls" : "excluded.daily_calls"
    let interval: SQL = kept.contains(.requestInterval) ? "known.request_interval_s" : "excluded.request_interval_s"
    _ = try db.execute(
      """
      insert into etl.account_limit as known values
        (\(account), \(limits.egress), \(limits.dailyCalls), \(limits.requestInterval)::numeric)
      on conflict (account_key) do update
      set (egress, daily_calls, request_interval_s) = (\(egress), \(dailyCalls), \(interval))
      where (known.egress, known.daily_calls, known.request_interval_s)
        is distinct from (\(egress), \(dailyCalls), \(interval))
      """)
  }
}

/// The settings of an account that the database keeps, by name.
public enum AccountSetting: String, Hashable, Sendable, CaseIterable {
  case timeZone = "time_zone"
  case deviceTimeZones = "device_time_zones"
  case egress
  case dailyCalls = "daily_calls"
  case requestInterval = "request_interval"
}

/// The configured limits of an account, kept in the database for the views only.
public struct AccountLimits: Hashable, Sendable {
  /// The name of the IP address that calls come from.
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
