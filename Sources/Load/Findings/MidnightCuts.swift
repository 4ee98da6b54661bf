import FleetModel
import Postgres

/// Finds trips that the vendor cuts at UTC midnight into two routes.
public struct MidnightCuts: Sendable {
  let account: AccountKey

  /// Keeps the findings ``Rule/tripCutAtMidnight`` of days as they should be. The second route has the finding.
  ///
  /// - Parameter days: those whose routes changed.
  public func compare(of days: some Collection<DayKey>, on db: isolated Connection) throws {
    guard !days.isEmpty else { return }
    _ = try db.execute(
      """
      with \(differences(of: days)), gone as (
        delete from etl.finding as known using surplus where known.ctid = surplus.ctid
      )
      insert into etl.finding (account_key, device_key, day, departed_at, rule, severity, occurrences, detail)
      select \(account), device_key, day, departed_at, \(Rule.tripCutAtMidnight.code),
             \(Rule.tripCutAtMidnight.severity.rawValue), 1, \(Rule.tripCutAtMidnight.sentence)
      from missing
      """)
  }

  /// Common table expressions: findings that are `missing`, and stored ones that are `surplus`.
  func differences(of days: some Collection<DayKey>) -> SQL {
    """
    asked as (
      -- A route that changed may be the first or the second half.
      select distinct device_key, changed_day + ahead as day
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as changed (device_key, changed_day)
      cross join generate_series(0, 1) as ahead
    ), cut as (
      select later.device_key, later.day, later.departed_at
      from asked
      cross join lateral (select day::timestamp at time zone 'UTC' as at) as midnight
      join warehouse.route as later on (later.device_key, later.day) = (asked.device_key, asked.day)
        and later.departed_at <= midnight.at + interval '1 second'
      join warehouse.route as earlier on (earlier.device_key, earlier.day) = (asked.device_key, asked.day - 1)
        and earlier.arrived_at between midnight.at - interval '1 second' and later.departed_at
      -- The odometer counts whole kilometres; a place is the same within about 100 m.
      where coalesce(abs(later.origin_mileage_km - earlier.destination_mileage_km) <= 1, true)
        and coalesce(abs(later.origin_latitude_e7::bigint - earlier.destination_latitude_e7) <= 10000, true)
        and coalesce(abs(later.origin_longitude_e7::bigint - earlier.destination_longitude_e7) <= 15000, true)
        and (later.origin_mileage_km + earlier.destination_mileage_km is not null
             or later.origin_latitude_e7 + earlier.destination_latitude_e7 is not null)
    ), stored as (
      select device_key, day, departed_at, finding.ctid
      from asked join etl.finding using (device_key, day)
      where rule = \(Rule.tripCutAtMidnight.code) and response_key is null
    ), missing as (
      select device_key, day, departed_at from cut
      except
      select device_key, day, departed_at from stored
    ), surplus as (
      select device_key, day, ctid from stored
      where not exists (
        select from cut
        where (cut.device_key, cut.day, cut.departed_at) = (stored.device_key, stored.day, stored.departed_at))
    )
    """
  }
}
