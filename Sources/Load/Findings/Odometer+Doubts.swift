import FleetModel
import FoundationEssentials
import Postgres

extension Odometer {
  /// What the odometer changes about the states of days.
  struct Doubts {
    /// Closed days to open, with the moment from which a call can settle the doubt.
    var opened: [DayKey: Date] = [:]
    /// Days that are open because of the odometer and no longer have a reason to be.
    var released: Set<DayKey> = []
  }

  /// Spans up to this long are fetched again when their odometer disagrees.
  static let mostDays = 3

  /// A day that was fetched is open while it lies in a short span whose odometer disagrees, until a response that was requested at
  /// least 24 h after the list that closed the span: by then the vendor has had time to complete the day.
  ///
  /// - Parameter days: those whose spans to look at.
  func doubts(of days: some Collection<DayKey>, on db: isolated Connection) throws -> Doubts {
    guard !days.isEmpty else { return Doubts() }
    return try Doubts(db.query("with \(differences(of: days)), \(Self.doubts)"))
  }

  /// The last common table expression after ``differences(of:)``, and the query.
  static var doubts: SQL {
    """
    doubted as (
      select c.device_key, c.day, closed_at + interval '24 hours' as recheck_at
      from mismatch join etl.checkpoint as c using (device_key)
      where c.day between first_day and mismatch.day and mismatch.day - first_day < \(mostDays)
        and c.fetched_at < closed_at + interval '24 hours' and c.responses_pruned_at is null
    )
    select device_key, day, doubted.recheck_at, true as is_opened
    from doubted join etl.checkpoint as c using (device_key, day)
    where (c.reason, c.recheck_at) is distinct from ('odometer_mismatch', doubted.recheck_at)
    union
    select c.device_key, c.day, null, false
    from span join etl.checkpoint as c using (device_key)
    where c.day between coalesce(first_day, '-infinity') and coalesce(last_day, 'infinity')
      and c.reason = 'odometer_mismatch'
      and not exists (select from doubted where (doubted.device_key, doubted.day) = (c.device_key, c.day))
    """
  }
}

extension Odometer.Doubts {
  init(_ rows: some Sequence<Row>) throws {
    for row in rows {
      let day = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      if try row.decode("is_opened") {
        opened[day] = try row.decode("recheck_at", as: Date.self)
      } else {
        released.insert(day)
      }
    }
  }
}
