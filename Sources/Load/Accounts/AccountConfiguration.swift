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

  /// Adds the account with these settings. One that exists keeps its own; one that is retired is taken back.
  ///
  /// - Returns: whether anything changed.
  /// - Throws: ``UnknownTimeZone``, before anything is written.
  public func add(on db: isolated Connection) throws -> Bool {
    try TimeZones.check(timeZone, deviceTimeZones, on: db)
    let count = try db.execute(
      """
      insert into warehouse.account as known (name, time_zone) values (\(name), \(timeZone))
      on conflict (name) do update set retired_at = null where known.retired_at is not null
      """)
    try write(keeping: Set(AccountSetting.allCases), on: db)
    return count > 0
  }

  /// Updates the account's limits and time zones, and with these the local dates of its routes.
  ///
  /// - Parameter kept: settings whose values in the database stay.
  /// - Throws: ``LoadError/unknownAccount(_:)`` unless ``add(on:)`` has added it, or ``UnknownTimeZone``, before anything is written.
  public func write(keeping kept: Set<AccountSetting> = [], on db: isolated Connection) throws {
    try TimeZones.check(timeZone, deviceTimeZones, on: db)
    try db.transaction {
      let account = try AccountKey(existing: name, on: db)
      if !kept.contains(.timeZone) { try writeTimeZone(of: account, on: db) }
      try writeLimits(of: account, keeping: kept, on: db)
      if !kept.contains(.deviceTimeZones) { try TimeZones.write(deviceTimeZones, of: account, on: db) }
      try TimeZones.writeLocalDates(of: account, on: db)
    }
  }

  // Called at every start, so unchanged values are not written.

  private func writeTimeZone(of account: AccountKey, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      update warehouse.account set time_zone = \(timeZone)
      where account_key = \(account) and time_zone <> \(timeZone)
      """)
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
