import FleetModel
import Load
import Postgres

extension Warehouse {
  /// Writes the configuration of an account and opens its warehouse.
  public static func configured(
    account: String = "default", timeZone: String = "UTC", deviceTimeZones: [DeviceID: String] = [:],
    limits: AccountLimits = AccountLimits(egress: "default", dailyCalls: 100, requestInterval: 60),
    on db: isolated Connection
  ) throws -> Warehouse {
    let configuration = AccountConfiguration(
      name: account, timeZone: timeZone, deviceTimeZones: deviceTimeZones, limits: limits)
    _ = try configuration.add(on: db)
    try configuration.write(on: db)
    return try Warehouse(configuration, on: db)
  }
}
