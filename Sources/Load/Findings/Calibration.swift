import FleetModel
import Postgres

/// Compares a device's mileage with its internal one.
public struct Calibration: Sendable {
  let account: AccountKey

  /// Compares consecutive readings and updates the findings ``Rule/odometerRecalibrated``: one per reading whose mileage changed by a
  /// different distance than the internal mileage. Allows a kilometre for rounding and 5 % for a calibration factor.
  public func compare(of devices: some Collection<DeviceKey>, on db: isolated Connection) throws {
    guard !devices.isEmpty else { return }
    _ = try db.execute(
      """
      with step as (
        select device_key, read_at, mileage_km - lag(mileage_km) over readings as km,
               mileage_raw_km - lag(mileage_raw_km) over readings as raw_km
        from warehouse.device_reading
        where device_key = any(\(Array(devices))::integer[]) and source = 'device'
          and mileage_km is not null and mileage_raw_km is not null
        window readings as (partition by device_key order by read_at, first_answered_at, fingerprint)
      ), rightful as (
        select device_key, \(Rule.odometerRecalibrated.code)::text as rule,
               format('%s km, internally %s km, up to %s', km, raw_km, extract(epoch from read_at)::bigint) as sample
        from step
        where abs(km - raw_km) > 1 + abs(raw_km) / 20
      ), \(Findings.settle([.odometerRecalibrated], of: account, where: "device_key = any(\(Array(devices))::integer[])"))
      """)
  }
}
