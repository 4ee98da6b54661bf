import FleetModel
import Postgres

/// Compares the odometer with the routes.
public struct Odometer: Sendable {
  let account: AccountKey

  /// Compares the odometer in device lists with the routes and updates the findings ``Rule/odometerMismatch``.
  ///
  /// The odometer at a midnight is known if a list shows a heartbeat on the day that begins and no activity since midnight. Between two
  /// such midnights, one or more days apart, the odometer should rise by the length of the routes. A finding is attached to the last of
  /// these days once all of them are closed.
  ///
  /// - Parameter days: days whose rows or state changed, days with a new heartbeat in a list, and the days before lists.
  /// - Returns: as ``doubts(of:on:)``.
  func compare(of days: some Collection<DayKey>, on db: isolated Connection) throws -> Doubts {
    guard !days.isEmpty else { return Doubts() }
    return try Doubts(
      db.query(
        """
        with \(differences(of: days)), gone as (
          delete from etl.finding as known using surplus where known.ctid = surplus.ctid
        ), added as (
          insert into etl.finding (account_key, device_key, day, rule, severity, occurrences, detail)
          select \(account), device_key, day, \(Rule.odometerMismatch.code), \(Rule.odometerMismatch.severity.rawValue), 1, detail
          from missing
        ), \(Self.doubts)
        """))
  }

  /// Common table expressions `missing`, findings to add, and `surplus`, findings to delete.
  func differences(of days: some Collection<DayKey>) -> SQL {
    """
    asked as (
      select * from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
    ), rest as not materialized (
      select device_key, read_at, first_answered_at, fingerprint, mileage_km, midnight
      from warehouse.device_reading
      cross join lateral (select date_trunc('day', read_at, 'UTC') as midnight) as day_of_heartbeat
      where source = 'devicelist' and heartbeat_at = read_at and mileage_km is not null
        and (online_at is null or online_at < midnight) and not is_online_unusable
    ), span as (
      -- From one midnight with a known odometer to the next; NULL if there is none.
      select distinct asked.device_key, (earlier.midnight at time zone 'UTC')::date as first_day,
             (later.midnight at time zone 'UTC')::date - 1 as last_day
      from asked
      left join lateral (
        select midnight from rest
        where rest.device_key = asked.device_key and read_at < (day + 1)::timestamp at time zone 'UTC'
        order by read_at desc limit 1
      ) as earlier on true
      left join lateral (
        select midnight from rest
        where rest.device_key = asked.device_key and read_at >= (day + 1)::timestamp at time zone 'UTC'
        order by read_at limit 1
      ) as later on true
    ), compared as (
      select device_key, first_day, last_day, later.mileage_km - earlier.mileage_km as odometer_km,
             later.first_answered_at as closed_at,
             (select coalesce(sum(destination_mileage_km - origin_mileage_km), 0.000)
              from warehouse.route
              where route.device_key = span.device_key and route.day between first_day and last_day) as routes_km
      from span
      -- The span was found by a reading of that day, so later readings are irrelevant.
      cross join lateral (
        select mileage_km from rest
        where rest.device_key = span.device_key and read_at >= first_day::timestamp at time zone 'UTC'
          and read_at < (first_day + 1)::timestamp at time zone 'UTC'
        order by read_at, first_answered_at, fingerprint limit 1
      ) as earlier
      cross join lateral (
        select mileage_km, first_answered_at from rest
        where rest.device_key = span.device_key and read_at >= (last_day + 1)::timestamp at time zone 'UTC'
          and read_at < (last_day + 2)::timestamp at time zone 'UTC'
        order by read_at, first_answered_at, fingerprint limit 1
      ) as later
      where last_day - first_day + 1 = (
        select count(*) from etl.checkpoint
        where checkpoint.device_key = span.device_key and day between first_day and last_day
          -- States are compared as they are without the odometer.
          and (state in ('final', 'empty') or reason = 'odometer_mismatch'))
    ), mismatch as (
      select device_key, first_day, last_day as day, closed_at,
             case when first_day = last_day
               then format('Between the device lists the odometer rose by %s km; the routes of the day add up to %s km.',
                           odometer_km, routes_km)
               else format('Between the device lists the odometer rose by %s km; the routes from %s to %s add up to %s km.',
                           odometer_km, first_day, last_day, routes_km)
             end as detail
      from compared
      where abs(odometer_km - routes_km) >= 1
    ), stored as (
      select distinct device_key, day, detail, finding.ctid
      from span join etl.finding using (device_key)
      where rule = \(Rule.odometerMismatch.code) and response_key is null
        and day between coalesce(first_day, '-infinity') and coalesce(last_day, 'infinity')
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
