import FleetModel
import FoundationEssentials
import Postgres

/// Vehicles that were sold, and vehicles that are new.
extension Devices {
  /// Ends the days of a device: none from `day` on is asked for, and those that were never answered are no longer due.
  ///
  /// - Returns: how many days were due.
  public func retire(_ device: DeviceKey, from day: UTCDay, now: Date, on db: isolated Connection) throws -> Int {
    try db.transaction {
      try lock([device], on: db)
      _ = try db.execute(
        """
        insert into etl.retired_device (device_key, from_day, retired_at) values (\(device), \(day), \(now))
        on conflict (device_key) do update set from_day = excluded.from_day, retired_at = excluded.retired_at
        """)
      _ = try db.execute("delete from etl.failed_day where device_key = \(device) and day >= \(day)")
      return try db.execute(
        """
        delete from etl.checkpoint
        where device_key = \(device) and day >= \(day) and state = 'pending' and fetched_at is null
        """)
    }
  }

  /// Takes a retired device back: its days since then are due again.
  ///
  /// - Returns: false if it was not retired.
  public func restore(_ device: DeviceKey, on db: isolated Connection) throws -> Bool {
    try db.execute("delete from etl.retired_device where device_key = \(device)") > 0
  }

  /// Devices whose days before the first one that nightly runs cover were never asked for.
  public struct UnaskedHistory: Hashable, Sendable {
    public var firstDay: UTCDay
    public var devices: [DeviceID]

    public init(firstDay: UTCDay, devices: [DeviceID]) {
      self.firstDay = firstDay
      self.devices = devices
    }
  }

  /// By the first day; only for devices without any earlier day.
  public func unaskedHistory(on db: isolated Connection) throws -> [UnaskedHistory] {
    try db.query(
      """
      select first_day, array_agg(device_id order by device_id) as devices
      from etl.followed_device join warehouse.device using (device_key)
      where account_key = \(account)
        and not exists (select from etl.retired_device as retired where retired.device_key = device.device_key)
        and not exists (
          select from etl.checkpoint
          where checkpoint.device_key = device.device_key and checkpoint.day < followed_device.first_day)
      group by first_day order by first_day
      """
    ).map { UnaskedHistory(firstDay: try $0.decode("first_day"), devices: try $0.decode("devices")) }
  }
}
