import FleetModel
import Postgres

/// A final or empty device-day.
public struct ClosedDay: Hashable, Sendable {
  public var key: DayKey
  var state: String
  var reason: String
}

extension DayStates {
  /// The closed days of a device.
  public func closed(of device: DeviceKey, on db: isolated Connection) throws -> [ClosedDay] {
    try db.query(
      "select day, state, reason from etl.checkpoint where device_key = \(device) and state in ('final', 'empty') order by day"
    ).map {
      ClosedDay(
        key: DayKey(device: device, day: try $0.decode("day")), state: try $0.decode("state"),
        reason: try $0.decode("reason"))
    }
  }

  /// Keeps days closed whose proof was erased.
  public func keepClosed(_ days: [ClosedDay], on db: isolated Connection) throws {
    for day in days {
      _ = try db.execute(
        """
        insert into etl.proven_day (device_key, day, state, reason)
        values (\(day.key.device), \(day.key.day), \(day.state), \(day.reason))
        on conflict (device_key, day) do update set state = excluded.state, reason = excluded.reason
        """)
      _ = try db.execute(
        """
        update etl.checkpoint set state = \(day.state), reason = \(day.reason)
        where device_key = \(day.key.device) and day = \(day.key.day)
        """)
    }
  }
}
