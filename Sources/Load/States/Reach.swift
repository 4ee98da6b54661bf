import FleetModel
import Postgres

/// The table `etl.served_day`: days that were answered with a route, as far as no other vouches for the same days and more.
///
/// They are kept when the responses that showed them are pruned or erased.
public struct Reach: Sendable {
  let account: AccountKey

  /// Those that vouch for more days than the known ones.
  public func unknown(among served: [ServedDay], on db: isolated Connection) throws -> [ServedDay] {
    guard !served.isEmpty else { return [] }
    let rows = try db.query(
      """
      select day, age_days
      from \(table(of: served))
      where not exists (
        select from etl.served_day as known
        where known.account_key = \(account) and known.day <= new.day and known.age_days >= new.age_days)
      """)
    return try rows.map { row in
      ServedDay(day: try row.decode("day"), age: Int(try row.decode("age_days", as: Int32.self)))
    }
  }

  /// Lets one transaction at a time decide whether days lie within reach. To be taken before the locks of devices.
  public func lock(on db: isolated Connection) throws {
    _ = try db.query("select from warehouse.account where account_key = \(account) for no key update")
  }

  /// - Parameter served: the ``unknown(among:on:)`` ones.
  public func extend(by served: [ServedDay], on db: isolated Connection) throws {
    _ = try db.execute(
      """
      insert into etl.served_day as known (account_key, day, age_days)
      select \(account), day, age_days
      from \(table(of: served))
      on conflict (account_key, day) do update set age_days = greatest(known.age_days, excluded.age_days)
      """)
    _ = try db.execute(
      """
      delete from etl.served_day as known using etl.served_day as other
      where known.account_key = \(account) and other.account_key = \(account)
        and other.day < known.day and other.age_days >= known.age_days
      """)
  }

  /// Days that were taken to lie beyond the API's history, and that one of these vouches for.
  public func daysWithin(_ served: [ServedDay], on db: isolated Connection) throws -> Set<DayKey> {
    let rows = try db.query(
      """
      select device_key, day
      from etl.checkpoint join warehouse.device using (device_key)
      where account_key = \(account) and state = 'beyond_history' and exists (
        select from \(table(of: served))
        where new.day <= checkpoint.day and new.age_days >= (fetched_at at time zone 'UTC')::date - checkpoint.day)
      """)
    return Set(try rows.map { DayKey(device: try $0.decode("device_key"), day: try $0.decode("day")) })
  }

  /// Its name is `new`.
  private func table(of served: [ServedDay]) -> SQL {
    "unnest(\(served.map(\.day))::date[], \(served.map { Int32(clamping: $0.age) })::integer[]) as new (day, age_days)"
  }
}
