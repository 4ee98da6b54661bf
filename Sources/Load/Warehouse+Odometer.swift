import FleetModel
import Postgres

extension Warehouse {
  /// Compares, for closed days, the odometer between two seals with the routes of the day, and keeps the findings
  /// ``Rule/odometerMismatch`` as they should be.
  ///
  /// A seal is the first device list after midnight; the days compared are those over whose both midnights the device was at rest, so
  /// that the routes of the day are all that happened between them.
  public func compareOdometer(of days: some Collection<DayKey>, on db: isolated Connection) throws {
    guard !days.isEmpty else { return }
    _ = try db.execute(
      """
      with \(odometerDifferences(of: days)), gone as (
        delete from etl.finding as known using surplus where known.ctid = surplus.ctid
      )
      insert into etl.finding (account_key, device_key, day, rule, severity, occurrences, detail)
      select \(account), device_key, day, \(Rule.odometerMismatch.code), \(Rule.odometerMismatch.severity.rawValue), 1, detail
      from missing
      """)
  }

  /// Common table expressions: findings that are `missing`, and stored ones that are `surplus`.
  func odometerDifferences(of days: some Collection<DayKey>) -> SQL {
    """
    asked as (
      select * from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
    ), closed_day as (
      select device_key, day, day::timestamp at time zone 'UTC' as day_start,
             (day + 1)::timestamp at time zone 'UTC' as day_end
      from asked join etl.checkpoint using (device_key, day)
      where state in ('final', 'empty')
    ), compared as (
      select closed_day.device_key, closed_day.day, later.mileage_km - earlier.mileage_km as odometer_km,
             (select coalesce(sum(destination_mileage_km - origin_mileage_km), 0)
              from warehouse.route
              where route.device_key = closed_day.device_key and route.day = closed_day.day) as routes_km
      from closed_day
      cross join lateral (
        select mileage_km, online_at from warehouse.device_reading as list
        where list.device_key = closed_day.device_key and source = 'devicelist'
          and first_answered_at >= day_start and first_answered_at < day_start + interval '1 day'
        order by first_answered_at limit 1
      ) as earlier
      cross join lateral (
        select mileage_km, online_at from warehouse.device_reading as list
        where list.device_key = closed_day.device_key and source = 'devicelist'
          and first_answered_at >= day_end and first_answered_at < day_end + interval '1 day'
        order by first_answered_at limit 1
      ) as later
      where (earlier.online_at is null or earlier.online_at < day_start)
        and (later.online_at is null or later.online_at < day_end)
    ), mismatch as (
      select device_key, day,
             format('Between the device lists the odometer rose by %s km, the routes of the day tell of %s km.',
                    odometer_km, routes_km) as detail
      from compared
      where abs(odometer_km - routes_km) >= 1
    ), stored as (
      select device_key, day, detail, finding.ctid
      from asked join etl.finding using (device_key, day)
      where rule = \(Rule.odometerMismatch.code) and response_key is null
    ), missing as (
      select device_key, day, detail from mismatch
      except
      select device_key, day, detail from stored
    ), surplus as (
      select device_key, day, ctid from stored
      where not exists (
        select from mismatch
        where (mismatch.device_key, mismatch.day, mismatch.detail) = (stored.device_key, stored.day, stored.detail))
    )
    """
  }
}
