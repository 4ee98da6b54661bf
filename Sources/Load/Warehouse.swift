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

/// One account's part of the database, by subject.
///
/// The methods of the subjects are synchronous steps on a given connection, so that the caller decides what commits together:
/// `try await connection.run { db in try db.transaction { … } }`.
public struct Warehouse: Sendable {
  public let account: AccountKey
  public let archive: Archive
  public let calibration: Calibration
  public let checkpoints: Checkpoints
  public let comparison: Comparison
  public let days: DeviceDays
  public let devices: Devices
  public let erasures: ErasureRegister
  public let failures = Failures()
  public let findings: Findings
  public let heartbeats: Heartbeats
  public let listings: Listings
  public let midnightCuts: MidnightCuts
  public let nights: Nights
  public let odometer: Odometer
  public let partitions = Partitions()
  public let reach: Reach
  public let readings: Readings
  public let responseDays = ResponseDays()
  public let states = DayStates()
  public let tokens: AccountTokens

  /// Finds the account; writes nothing.
  ///
  /// - Throws: ``LoadError/unknownAccount(_:)`` unless ``AccountConfiguration/add(on:)`` has added it.
  public init(_ configuration: AccountConfiguration, on db: isolated Connection) throws {
    account = try AccountKey(existing: configuration.name, on: db)
    devices = Devices(account: account, timeZones: configuration.deviceTimeZones)
    archive = Archive(devices: devices)
    calibration = Calibration(account: account)
    checkpoints = Checkpoints(account: account)
    findings = Findings(account: account)
    days = DeviceDays(checkpoints: checkpoints, findings: findings)
    erasures = ErasureRegister(devices: devices)
    heartbeats = Heartbeats(account: account)
    odometer = Odometer(account: account)
    reach = Reach(account: account)
    readings = Readings(account: account)
    midnightCuts = MidnightCuts(account: account)
    listings = Listings(account: account, unjudgedNights: configuration.unjudgedNights)
    nights = Nights(account: account)
    tokens = AccountTokens(account: account)
    comparison = Comparison(
      devices: devices, checkpoints: checkpoints, odometer: odometer, midnightCuts: midnightCuts)
  }
}

extension AccountKey {
  /// - Returns: nil for an account that the database does not have.
  init?(named name: String, on db: isolated Connection) throws {
    guard let row = try db.query("select account_key from warehouse.account where name = \(name)").first else {
      return nil
    }
    self = try row.decode("account_key")
  }

  /// - Throws: ``LoadError/unknownAccount(_:)`` for an account that the database does not have.
  init(existing name: String, on db: isolated Connection) throws {
    guard let key = try AccountKey(named: name, on: db) else { throw LoadError.unknownAccount(name) }
    self = key
  }
}
