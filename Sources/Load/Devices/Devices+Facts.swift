import FleetModel
import FoundationEssentials
import Postgres

extension Devices {
  /// What the planner needs to know about each device of the account.
  ///
  /// - Parameter listedSince: devices in lists answered since then count as listed.
  public func facts(listedSince: Date, on db: isolated Connection) throws -> [DeviceFacts] {
    var facts: [Int32: DeviceFacts] = [:]
    let devices = try db.query(
      """
      select d.device_key, d.device_id, d.name, f.first_day, retired.from_day, list.online_at, list.heartbeat_at, list.status_code,
             coalesce(list.last_answered_at >= \(listedSince), false) as is_listed
      from warehouse.device as d
      left join etl.followed_device as f using (device_key)
      left join etl.retired_device as retired using (device_key)
      left join lateral (
        select online_at, heartbeat_at, status_code, last_answered_at
        from warehouse.device_reading as reading
        where reading.device_key = d.device_key and reading.source = 'devicelist'
        order by last_answered_at desc limit 1
      ) as list on true
      where d.account_key = \(account)
      order by d.device_id
      """)
    for row in devices {
      let status: Int32? = try row.decode("status_code")
      let key: Int32 = try row.decode("device_key")
      facts[key] = DeviceFacts(
        device: try row.decode("device_id"), name: try row.decode("name"), isListed: try row.decode("is_listed"),
        onlineAt: try row.decode("online_at"), heartbeatAt: try row.decode("heartbeat_at"), isParked: status == 1,
        followedFrom: try row.decode("first_day"))
      facts[key]?.retiredFrom = try row.decode("from_day")
    }
    let days = try db.query(
      """
      select device_key, day, coalesce(c.state, 'pending') as state, c.reason, c.fetched_at, c.recheck_at,
             coalesce(c.route_count, 0) as route_count,
             coalesce(f.attempts, 0) as attempts, f.retry_at
      from etl.checkpoint as c
      full join etl.failed_day as f using (device_key, day)
      join warehouse.device as d using (device_key)
      where d.account_key = \(account)
      """)
    for row in days {
      let name: String = try row.decode("state")
      guard let state = DayState(name: name, reason: try row.decode("reason")) else { continue }
      let day: UTCDay = try row.decode("day")
      facts[try row.decode("device_key"), default: DeviceFacts(device: DeviceID(0))].days[day] = DayFacts(
        state: state, fetchedAt: try row.decode("fetched_at"),
        failedAttempts: Int(try row.decode("attempts", as: Int32.self)), retryAt: try row.decode("retry_at"),
        recheckAt: try row.decode("recheck_at"), routeCount: Int(try row.decode("route_count", as: Int32.self)))
    }
    let spans = try db.query(
      """
      with list as (
        select device_key, online_at, heartbeat_at,
               count(*) filter (where online_at is not null or is_online_unusable)
                 over (partition by device_key order by first_answered_at) = 0 as is_never_active
        from warehouse.device_reading join warehouse.device using (device_key)
        where account_key = \(account) and source = 'devicelist' and heartbeat_at is not null
      )
      select device_key, online_at, max(heartbeat_at) as heartbeat_at
      from list
      where online_at is not null or is_never_active
      group by device_key, online_at
      """)
    for row in spans {
      facts[try row.decode("device_key"), default: DeviceFacts(device: DeviceID(0))].inactiveSpans.append(
        InactiveSpan(lastActivity: try row.decode("online_at"), heartbeat: try row.decode("heartbeat_at")))
    }
    let erasures = try ErasureRegister(devices: self).remembered(on: db).erasures
    return facts.values.sorted { $0.device < $1.device }.map { device in
      var device = device
      device.erasedDays = erasures.days[device.device] ?? []
      return device
    }
  }
}
