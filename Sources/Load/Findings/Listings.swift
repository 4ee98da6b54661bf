import FleetModel
import Postgres

/// Compares the device lists of an account with each other.
public struct Listings: Sendable {
  let account: AccountKey
  /// Nights after which a listed device that was never heard from is a finding.
  let unjudgedNights: Int

  /// Keeps the findings ``Rule/deviceNeverJudged`` and ``Rule/deviceVanished`` as they should be, one per device. To be called under
  /// the lock of the account, see ``Reach/lock(on:)``, after a device list was added.
  public func compare(on db: isolated Connection) throws {
    _ = try db.execute(
      """
      with listing as (
        select device_key, min(first_answered_at) as first_listed_at, max(last_answered_at) as last_listed_at,
               bool_or(heartbeat_at >= date_trunc('day', first_answered_at, 'UTC')) is true as was_judged
        from warehouse.device_reading join warehouse.device using (device_key)
        where account_key = \(account) and source = 'devicelist'
        group by device_key
      ), rightful as (
        select device_key, \(Rule.deviceNeverJudged.code)::text as rule,
               (first_listed_at at time zone 'UTC')::date::text as sample
        from listing
        where not was_judged
          and (last_listed_at at time zone 'UTC')::date - (first_listed_at at time zone 'UTC')::date
            >= \(Int32(unjudgedNights - 1))
        union all
        -- The lists of several users are taken one after the other.
        select device_key, \(Rule.deviceVanished.code), (last_listed_at at time zone 'UTC')::date::text
        from listing
        where last_listed_at < (select max(last_listed_at) from listing) - interval '1 hour'
      ), \(Findings.settle([.deviceNeverJudged, .deviceVanished], of: account, where: "account_key = \(account)"))
      """)
  }
}
