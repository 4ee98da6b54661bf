import FleetModel
import Postgres

/// The configured time zones. They determine local times in the views and the local date of a trip; they do not come from the archive.
enum TimeZones {
  /// - Throws: ``UnknownTimeZone``.
  static func check(_ account: String, _ devices: [DeviceID: String], on db: isolated Connection) throws {
    try check(account, of: nil, on: db)
    for (device, zone) in devices.sorted(by: { $0.key < $1.key }) { try check(zone, of: device, on: db) }
  }

  private static func check(_ zone: String, of device: DeviceID?, on db: isolated Connection) throws {
    do {
      let isNear: Bool = try db.query(
        "select timestamptz '2000-01-02 00:00Z' at time zone \(zone) between '2000-01-01' and '2000-01-03' as is_near"
      )[0].decode("is_near")
      if !isNear { throw UnknownTimeZone(zone: zone, device: device) }
    } catch let error as PostgresError where error.sqlState == "22023" {
      throw UnknownTimeZone(zone: zone, device: device)
    }
  }

  /// Writes the zone of each known device; one without a configured zone follows the account.
  static func write(_ zones: [DeviceID: String], of account: AccountKey, on db: isolated Connection) throws {
    let overrides = zones.sorted { $0.key < $1.key }
    _ = try db.execute(
      """
      update warehouse.device
      set time_zone = configured.time_zone
      from (
        select device_key, override.time_zone
        from warehouse.device
        left join unnest(\(overrides.map(\.key.value))::bigint[], \(overrides.map(\.value))::text[])
          as override (device_id, time_zone) using (device_id)
        where account_key = \(account)
      ) as configured
      where device.device_key = configured.device_key and device.time_zone is distinct from configured.time_zone
      """)
  }

  /// An SQL expression over `device` and `account`: the date of a moment in the device's time zone.
  static func localDate(of moment: SQL) -> SQL {
    "(\(moment) at time zone coalesce(device.time_zone, account.time_zone))::date"
  }

  /// Corrects the local dates of routes after a change of zones or of the server's time zone rules. It reads all routes of the account.
  /// Routes that another process is loading may keep their former dates until the next start.
  static func writeLocalDates(of account: AccountKey, on db: isolated Connection) throws {
    let localDate = localDate(of: "route.departed_at")
    let localArrivalDate = self.localDate(of: "route.arrived_at")
    let moved: SQL =
      """
      route.device_key = device.device_key and account_key = \(account)
        and (route.local_date <> \(localDate) or route.local_arrival_date is distinct from \(localArrivalDate))
      """
    // A statement that writes, if only nothing, waits for whoever has locked the table.
    let anyMoved: Bool = try db.query(
      """
      select exists (
        select from warehouse.route, warehouse.device join warehouse.account using (account_key) where \(moved)) as moved
      """)[0].decode("moved")
    guard anyMoved else { return }
    _ = try db.execute(
      """
      with moved as (
        update warehouse.route set local_date = \(localDate), local_arrival_date = \(localArrivalDate)
        from warehouse.device join warehouse.account using (account_key)
        where \(moved)
        returning route.device_key, route.day
      )
      update etl.checkpoint set changed_at = clock_timestamp()
      from moved where (checkpoint.device_key, checkpoint.day) = (moved.device_key, moved.day)
      """)
  }
}
