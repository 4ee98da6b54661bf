import FleetModel
import FoundationEssentials
import Postgres

/// The settings of an account as the database has them.
public struct StoredAccount: Hashable, Sendable {
  public var timeZone: String
  /// Of devices in another zone than the account's.
  public var deviceTimeZones: [DeviceID: String] = [:]
  /// Nil before the account's first start.
  public var limits: AccountLimits?
  /// Devices whose trips have local dates by their zone.
  public var devicesWithRoutes: Set<DeviceID> = []
  public var hasCalls: Bool
  /// Nil while it is in use.
  public var retiredAt: Date?

  /// Nil for an account that the database does not know.
  public init?(named name: String, on db: isolated Connection) throws {
    guard
      let row = try db.query(
        """
        select account_key, time_zone, retired_at, egress, daily_calls, request_interval_s::float8 as request_interval_s,
               exists (select from etl.api_call where api_call.account_key = account.account_key) as has_calls
        from warehouse.account
        left join etl.account_limit using (account_key)
        where name = \(name)
        """
      ).first
    else { return nil }
    timeZone = try row.decode("time_zone")
    hasCalls = try row.decode("has_calls")
    retiredAt = try row.decode("retired_at")
    if let egress = try row.decode("egress", as: String?.self) {
      limits = AccountLimits(
        egress: egress, dailyCalls: Int(try row.decode("daily_calls", as: Int32.self)),
        requestInterval: try row.decode("request_interval_s"))
    }
    let account: Int32 = try row.decode("account_key")
    let devices = try db.query(
      """
      select device_id, time_zone, exists (select from warehouse.route where route.device_key = device.device_key) as has_routes
      from warehouse.device where account_key = \(account)
      """)
    for device in devices {
      let id: DeviceID = try device.decode("device_id")
      if let zone = try device.decode("time_zone", as: String?.self) { deviceTimeZones[id] = zone }
      if try device.decode("has_routes") { devicesWithRoutes.insert(id) }
    }
  }
}
