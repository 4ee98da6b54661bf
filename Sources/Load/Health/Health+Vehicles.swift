import FleetModel
import Postgres

/// What device lists say about the vehicles of an account.
extension Health {
  public struct Vehicles: Hashable, Sendable {
    /// The first of the latest nights in a row in which no listed device could be judged, and their number; nil if there is none.
    public var silentSince: UTCDay?
    public var silentNights = 0
    /// Listed for several nights, and never heard from.
    public var neverJudged: [DeviceID] = []
    /// No longer in the device list.
    public var vanished: [DeviceID] = []
    /// Not in a device list for 30 days before the latest one, with the day after their last list.
    public var unlisted: [UnlistedVehicle] = []

    public init() {}
  }

  public struct UnlistedVehicle: Hashable, Sendable {
    public var device: DeviceID
    public var since: UTCDay
  }

  /// A device that several accounts have, and their names.
  public struct SharedDevice: Hashable, Sendable {
    public var device: DeviceID
    public var accounts: [String]
  }

  /// Devices that several accounts in use have: the same account may be configured twice.
  public static func sharedDevices(on db: isolated Connection) throws -> [SharedDevice] {
    try db.query(
      """
      select device_id, array_agg(account.name order by account.name) as accounts
      from warehouse.device join warehouse.account using (account_key)
      where retired_at is null
      group by device_id having count(*) > 1
      order by device_id
      """
    ).map { SharedDevice(device: try $0.decode("device_id"), accounts: try $0.decode("accounts")) }
  }

  /// - Returns: nil for an account that this database does not have.
  public static func vehicles(of account: String, on db: isolated Connection) throws -> Vehicles? {
    guard let key = try AccountKey(named: account, on: db) else { return nil }
    var vehicles = Vehicles()
    let silence = try db.query(
      """
      select min(day) as since, count(*) as nights from etl.night
      where account_key = \(key) and listed_devices > 0 and judged_devices = 0
        and day > coalesce((
          select max(day) from etl.night where account_key = \(key) and (listed_devices = 0 or judged_devices > 0)
        ), '-infinity')
      """)[0]
    vehicles.silentSince = try silence.decode("since")
    vehicles.silentNights = Int(try silence.decode("nights", as: Int64.self))
    let findings = try db.query(
      """
      select rule, device_id from etl.finding join warehouse.device using (account_key, device_key)
      where account_key = \(key) and not exists (
          select from etl.retired_device as retired where retired.device_key = device.device_key)
        and rule in (\(Rule.deviceNeverJudged.code), \(Rule.deviceVanished.code))
      order by device_id
      """)
    for row in findings {
      let rule: String = try row.decode("rule")
      let device: DeviceID = try row.decode("device_id")
      if rule == Rule.deviceVanished.code {
        vehicles.vanished.append(device)
      } else {
        vehicles.neverJudged.append(device)
      }
    }
    let unlisted = try db.query(
      """
      select device_id, ((last_listed_at at time zone 'UTC')::date + 1) as since
      from (
        select device_key, max(last_answered_at) as last_listed_at, max(max(last_answered_at)) over () as latest_at
        from warehouse.device_reading join warehouse.device using (device_key)
        where account_key = \(key) and source = 'devicelist' group by device_key
      ) as listing
      join warehouse.device using (device_key)
      where last_listed_at < latest_at - interval '30 days'
        and not exists (select from etl.retired_device as retired where retired.device_key = device.device_key)
      order by device_id
      """)
    vehicles.unlisted = try unlisted.map {
      UnlistedVehicle(device: try $0.decode("device_id"), since: try $0.decode("since"))
    }
    return vehicles
  }
}
