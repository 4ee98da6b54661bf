import FleetModel
import Postgres

/// The table `etl.night`: what nightly runs could judge.
public struct Nights: Sendable {
  let account: AccountKey

  /// Notes what a run could judge; of several runs in one night, the best.
  public func note(_ night: NightSummary, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      insert into etl.night as known (account_key, day, listed_devices, judged_devices)
      values (\(account), \(night.day), \(Int32(clamping: night.listed)), \(Int32(clamping: night.judged)))
      on conflict (account_key, day) do update
      set listed_devices = excluded.listed_devices,
          judged_devices = greatest(known.judged_devices, excluded.judged_devices)
      """)
  }

  /// The latest night before the one that follows `day`.
  public func latest(before day: UTCDay, on db: isolated Connection) throws -> NightSummary? {
    let rows = try db.query(
      """
      select day, listed_devices, judged_devices from etl.night
      where account_key = \(account) and day < \(day) order by day desc limit 1
      """)
    return try rows.first.map { row in
      NightSummary(
        day: try row.decode("day"), listed: Int(try row.decode("listed_devices", as: Int32.self)),
        judged: Int(try row.decode("judged_devices", as: Int32.self)))
    }
  }
}
