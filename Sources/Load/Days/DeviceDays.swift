import FleetModel
import FoundationEssentials
import Postgres

/// The rows of device-days: routes, points, pauses and findings.
public struct DeviceDays: Sendable {
  let checkpoints: Checkpoints
  let findings: Findings

  /// Replaces the rows and checkpoints of device-days. Days with unchanged content are not written. Their partitions must exist, see
  /// ``Partitions/ensure(of:for:on:)``.
  ///
  /// - Parameters:
  ///   - fetched: when the latest complete response for a day was requested.
  ///   - rewriting: whether to write unchanged days as well.
  /// - Returns: the days that were written.
  public func replace(
    _ days: [DeviceDayRows], fetched: [DayKey: Date], rewriting: Bool = false, on db: isolated Connection
  ) throws -> Set<DayKey> {
    let known = try self.checkpoints.rows(of: Set(days.map(\.key)).union(fetched.keys), on: db)
    let changed = days.filter { rows in
      // A day that no response reports needs no checkpoint.
      guard let checkpoint = known[rows.key] else { return rows.hash != nil }
      return rewriting || checkpoint.contentHash != rows.hash
    }
    try deleteRows(of: changed.map(\.key), on: db)
    if !changed.isEmpty {
      try copyRoutes(changed, on: db)
      let firstDay = try Self.firstDayWithPoints(on: db)
      try copyPoints(firstDay.map { first in changed.filter { $0.content.day >= first } } ?? changed, on: db)
      try copyPauses(changed, on: db)
      try findings.add(
        changed.flatMap { rows in
          rows.content.findings.map { FindingRow($0, device: rows.device, response: nil) }
        }, on: db)
    }
    var checkpoints: [DayKey: CheckpointRow] = [:]
    for rows in changed {
      var checkpoint = known[rows.key] ?? CheckpointRow()
      checkpoint.routeCount = Int32(rows.content.routes.count)
      checkpoint.pointCount = Int32(rows.content.pointCount)
      checkpoint.contentHash = rows.hash
      checkpoints[rows.key] = checkpoint
    }
    for (day, date) in fetched {
      var checkpoint = checkpoints[day] ?? known[day] ?? CheckpointRow()
      checkpoint.fetchedAt = date
      checkpoints[day] = checkpoint
    }
    try self.checkpoints.write(checkpoints.filter { known[$0.key] != $0.value }, on: db)
    return Set(changed.map(\.key))
  }

  private func deleteRows(of days: [DayKey], on db: isolated Connection) throws {
    guard !days.isEmpty else { return }
    // By device, so that any plan finds the points by their index, in the partitions of these days.
    for (device, days) in Dictionary(grouping: days, by: \.device) {
      guard let first = days.map(\.day).min(), let last = days.map(\.day).max() else { continue }
      _ = try db.execute(
        """
        delete from warehouse.route_point
        where device_key = \(device) and day between \(first) and \(last) and day = any(\(days.map(\.day)))
        """)
    }
    let asked: SQL = "unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)"
    _ = try db.execute(
      """
      delete from warehouse.route as known using \(asked)
      where (known.device_key, known.day) = (asked.device_key, asked.day)
      """)
    _ = try db.execute(
      """
      delete from etl.finding as known using \(asked)
      where (known.device_key, known.day) = (asked.device_key, asked.day) and known.response_key is null
      """)
  }

  /// The first day whose points are kept; nil if points were never pruned.
  static func firstDayWithPoints(on db: isolated Connection) throws -> UTCDay? {
    try db.query("select before_day from etl.prune_horizon where subject = 'points'").first?.decode("before_day")
  }

  /// The frozen days among the given ones, with the time at which their responses were pruned. Only a response requested later replaces
  /// their rows.
  public func frozen(
    among days: some Collection<DayKey>, on db: isolated Connection
  ) throws -> [DayKey: Date] {
    guard !days.isEmpty else { return [:] }
    return try db.query(
      """
      select device_key, day, responses_pruned_at
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as asked (device_key, day)
      join etl.checkpoint using (device_key, day)
      where responses_pruned_at is not null
      """
    ).reduce(into: [:]) { standing, row in
      let key = DayKey(device: try row.decode("device_key"), day: try row.decode("day"))
      standing[key] = try row.decode("responses_pruned_at")
    }
  }

  /// Records that days are no longer frozen.
  public func noteRebuilt(_ days: some Collection<DayKey>, on db: isolated Connection) throws {
    guard !days.isEmpty else { return }
    _ = try db.execute(
      """
      update etl.checkpoint set responses_pruned_at = null
      from unnest(\(days.map(\.device))::integer[], \(days.map(\.day))::date[]) as rebuilt (device_key, day)
      where (checkpoint.device_key, checkpoint.day) = (rebuilt.device_key, rebuilt.day)
      """)
  }
}
