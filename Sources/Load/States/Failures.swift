import FleetModel
import FoundationEssentials
import Postgres

/// The failed attempts to fetch device-days since their last complete response.
public struct Failures: Sendable {
  /// The number of runs in which a device-day has failed since its last complete response.
  public func attempts(for day: UTCDay, of device: DeviceKey, on db: isolated Connection) throws -> Int {
    let rows = try db.query("select attempts from etl.failed_day where device_key = \(device) and day = \(day)")
    return try rows.first.map { Int(try $0.decode("attempts", as: Int32.self)) } ?? 0
  }

  /// Records a failed attempt.
  public func note(
    _ day: UTCDay, of device: DeviceKey, attempts: Int, reason: String, now: Date, retryAt: Date,
    on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      insert into etl.failed_day (device_key, day, attempts, last_failed_at, retry_at, reason)
      values (\(device), \(day), \(Int32(attempts)), \(now), \(retryAt), \(reason))
      on conflict (device_key, day) do update
      set attempts = excluded.attempts, last_failed_at = excluded.last_failed_at, retry_at = excluded.retry_at,
          reason = excluded.reason
      """)
  }

  /// Deletes the failures of days that have been answered.
  public func forget(of days: some Collection<DayKey>, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      delete from etl.failed_day as failed
      using unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      where (failed.device_key, failed.day) = (asked.device_key, asked.day)
      """)
  }
}
