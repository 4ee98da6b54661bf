import FleetModel
import Postgres

extension Warehouse {
  /// The keys of devices, assigned when a device is first heard of and never again.
  public func deviceKeys(
    of devices: Set<DeviceID>, on db: isolated Connection
  ) throws -> [DeviceID: DeviceKey] {
    var keys = try knownDeviceKeys(of: devices, on: db)
    let missing = devices.subtracting(keys.keys).sorted()
    guard !missing.isEmpty else { return keys }
    // A process beside this one may add them at the same moment: then its rows are the ones returned.
    let added = try db.query(
      """
      insert into warehouse.device (account_key, device_id, time_zone)
      select \(account), device_id, time_zone
      from unnest(\(missing)::bigint[], \(missing.map { deviceTimeZones[$0] })::text[]) as missing (device_id, time_zone)
      on conflict (account_key, device_id) do update set device_id = excluded.device_id
      returning device_id, device_key
      """)
    for row in added { keys[try row.decode("device_id")] = try row.decode("device_key") }
    return keys
  }

  /// The keys of those devices that have one.
  public func knownDeviceKeys(
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
  public func deviceIDs(on db: isolated Connection) throws -> [DeviceKey: DeviceID] {
    try db.query("select device_key, device_id from warehouse.device where account_key = \(account)")
      .reduce(into: [:]) { $0[try $1.decode("device_key")] = try $1.decode("device_id") }
  }

  /// The key of one device.
  public func deviceKey(of device: DeviceID, on db: isolated Connection) throws -> DeviceKey {
    guard let key = try deviceKeys(of: [device], on: db)[device] else {
      throw PostgresError(.usage, "the server returned no key for a device")
    }
    return key
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

  /// Makes look-ups of this transaction go through indexes, whatever the statistics of tables say that are being filled.
  public func preferIndexes(on db: isolated Connection) throws {
    try db.script(
      """
      set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
      set local jit = off
      """)
  }
}
