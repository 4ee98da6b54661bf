import FleetModel
import Postgres

/// The devices of an account.
public struct Devices: Sendable {
  let account: AccountKey
  /// Of devices elsewhere; the others have the account's.
  let timeZones: [DeviceID: String]

  /// The keys of devices, assigned when a device is first heard of and never again.
  public func keys(
    of devices: Set<DeviceID>, on db: isolated Connection
  ) throws -> [DeviceID: DeviceKey] {
    var keys = try knownKeys(of: devices, on: db)
    let missing = devices.subtracting(keys.keys).sorted()
    guard !missing.isEmpty else { return keys }
    // A process beside this one may add them at the same moment: then its rows are the ones returned.
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

  /// The keys of those devices that have one.
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

  /// The vendor's numbers of all devices of the account.
  public func ids(on db: isolated Connection) throws -> [DeviceKey: DeviceID] {
    try db.query("select device_key, device_id from warehouse.device where account_key = \(account)")
      .reduce(into: [:]) { $0[try $1.decode("device_key")] = try $1.decode("device_id") }
  }

  /// The key of one device.
  public func key(of device: DeviceID, on db: isolated Connection) throws -> DeviceKey {
    guard let key = try keys(of: [device], on: db)[device] else {
      throw PostgresError(.usage, "the server returned no key for a device")
    }
    return key
  }

  /// The devices selected, in the order of their keys.
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

  /// Those of the devices that the account has.
  public func known(_ devices: Set<DeviceID>, on db: isolated Connection) throws -> Set<DeviceID> {
    Set(
      try db.query(
        """
        select device_id from warehouse.device
        where account_key = \(account) and device_id = any(\(devices.map(\.value))::bigint[])
        """
      ).map { try $0.decode("device_id") })
  }

  /// Devices asked for that no response has told of.
  public func unknown(in selection: ArchiveSelection, on db: isolated Connection) throws -> [DeviceID] {
    guard let asked = selection.devices else { return [] }
    return try asked.subtracting(knownKeys(of: asked, on: db).keys).sorted()
  }

  /// Devices with a zone of their own that no response has told of: their zone waits for them, or their number is wrong.
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

  /// Lets one transaction at a time work on a device, because a new response may rebuild several of its days. In the order of the keys:
  /// nobody waits for another in a circle.
  public func lock(_ devices: some Collection<DeviceKey>, on db: isolated Connection) throws {
    _ = try db.query(
      """
      select from warehouse.device where device_key = any(\(Array(devices))::integer[])
      order by device_key for no key update
      """)
  }
}
