import FleetModel
import Postgres

/// The devices of an account.
public struct Devices: Sendable {
  let account: AccountKey
  /// Only of devices in another zone than the account.
  let timeZones: [DeviceID: String]

  /// The keys of devices. A new device is assigned one, which never changes.
  public func keys(
    of devices: Set<DeviceID>, on db: isolated Connection
  ) throws -> [DeviceID: DeviceKey] {
    var keys = try knownKeys(of: devices, on: db)
    let missing = devices.subtracting(keys.keys).sorted()
    guard !missing.isEmpty else { return keys }
    // If another process adds them at the same moment, its rows are returned.
    let added = try db.query(
      """
      insert into warehouse.device (account_key, device_id, time_zone)
      select \(account), device_id, time_zone
      from unnest(\(missing)::bigint[], \(missing.map { timeZones[$0] })::text[]) as missing (device_id, time_zone)
      on conflict (account_key, device_id) do update set device_id = excluded.device_id
      returning device_id, device_key
      """)
    for row in added { keys[try row.decode("device_id")] = try row.decode("device_key") }
    return keys
  }

  /// The keys of those devices that are known.
  public func knownKeys(
    of devices: Set<DeviceID>, on db: isolated Connection
  ) throws -> [DeviceID: DeviceKey] {
    guard !devices.isEmpty else { return [:] }
    return try db.query(
      """
      select device_id, device_key from warehouse.device
      where account_key = \(account) and device_id = any(\(Array(devices))::bigint[])
      """
    ).reduce(into: [:]) { $0[try $1.decode("device_id")] = try $1.decode("device_key") }
  }

  /// The vendor's IDs of all devices of the account.
  public func ids(on db: isolated Connection) throws -> [DeviceKey: DeviceID] {
    try db.query("select device_key, device_id from warehouse.device where account_key = \(account)")
      .reduce(into: [:]) { $0[try $1.decode("device_key")] = try $1.decode("device_id") }
  }

  /// Whether any response ever contained a device of the account.
  public func exist(on db: isolated Connection) throws -> Bool {
    try db.query("select exists (select from warehouse.device where account_key = \(account)) as exist")[0]
      .decode("exist")
  }

  /// The key of one device.
  public func key(of device: DeviceID, on db: isolated Connection) throws -> DeviceKey {
    guard let key = try keys(of: [device], on: db)[device] else {
      throw PostgresError(.usage, "the server returned no key for a device")
    }
    return key
  }

  /// The keys of the selected devices, in order.
  public func keys(in selection: ArchiveSelection, on db: isolated Connection) throws -> [DeviceKey] {
    try db.query(
      """
      select device_key from warehouse.device
      where account_key = \(account)
        and (\(selection.devices == nil) or device_id = any(\(Array(selection.devices ?? []))::bigint[]))
      order by device_key
      """
    ).map { try $0.decode("device_key") }
  }

  /// Those of the devices that belong to the account.
  public func known(_ devices: Set<DeviceID>, on db: isolated Connection) throws -> Set<DeviceID> {
    Set(
      try db.query(
        """
        select device_id from warehouse.device
        where account_key = \(account) and device_id = any(\(devices.map(\.value))::bigint[])
        """
      ).map { try $0.decode("device_id") })
  }

  /// Selected devices that no response has mentioned.
  public func unknown(in selection: ArchiveSelection, on db: isolated Connection) throws -> [DeviceID] {
    guard let asked = selection.devices else { return [] }
    return try asked.subtracting(knownKeys(of: asked, on: db).keys).sorted()
  }

  /// Devices with a configured zone that no response has mentioned yet: new devices, or typing errors.
  public func unknownWithZone(on db: isolated Connection) throws -> [DeviceID] {
    try db.query(
      """
      select override.device_id
      from unnest(\(timeZones.keys.map(\.value))::bigint[]) as override (device_id)
      left join warehouse.device on device.account_key = \(account) and device.device_id = override.device_id
      where device.device_key is null
      order by 1
      """
    ).map { try $0.decode("device_id") }
  }

  /// Lets only one transaction at a time work on a device, because a new response may rebuild several of its days. Locking in the order
  /// of the keys rules out deadlocks.
  public func lock(_ devices: some Collection<DeviceKey>, on db: isolated Connection) throws {
    _ = try db.query(
      """
      select from warehouse.device where device_key = any(\(Array(devices))::integer[])
      order by device_key for no key update
      """)
  }
}
