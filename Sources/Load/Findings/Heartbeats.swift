import FleetModel
import Postgres

/// Compares heartbeats between responses.
public struct Heartbeats: Sendable {
  let account: AccountKey

  /// Compares the heartbeats of device lists with those of earlier responses and updates the findings ``Rule/readingOlder``: one per
  /// heartbeat, which is the sample.
  ///
  /// Only lists are judged: they always report the present, whereas a response for a past day may report the device as of that day.
  /// Heartbeats in the future have their own finding and are not compared with later ones.
  public func compare(of devices: some Collection<DeviceKey>, on db: isolated Connection) throws {
    guard !devices.isEmpty else { return }
    _ = try db.execute(
      """
      with reading as (
        select device_key, source, heartbeat_at, first_answered_at, last_answered_at
        from warehouse.device_reading
        where device_key = any(\(Array(devices))::integer[]) and heartbeat_at is not null
      ), moment as (
        -- A heartbeat is known from its first response on. Of two at the same moment, neither is earlier.
        select device_key, first_answered_at as at, true as is_known, heartbeat_at from reading
        where heartbeat_at <= first_answered_at + interval '1 day'
        union all
        select device_key, last_answered_at, false, heartbeat_at from reading where source = 'devicelist'
      ), compared as (
        select device_key, is_known, heartbeat_at,
               max(heartbeat_at) filter (where is_known)
                 over (partition by device_key order by at, is_known rows unbounded preceding) as latest_before
        from moment
      ), rightful as (
        select distinct device_key, \(Rule.readingOlder.code)::text as rule, extract(epoch from heartbeat_at)::bigint::text as sample
        from compared
        where not is_known and latest_before > heartbeat_at
      ), \(Findings.settle([.readingOlder], of: account, where: "device_key = any(\(Array(devices))::integer[])"))
      """)
  }
}
