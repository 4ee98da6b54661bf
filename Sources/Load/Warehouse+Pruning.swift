import FleetModel
import FoundationEssentials
import Postgres

extension Warehouse {
  /// The first day whose points are kept; nil when none were ever pruned.
  public func firstDayWithPoints(on db: isolated Connection) throws -> UTCDay? {
    try db.query("select before_day from etl.prune_horizon where subject = 'points'").first?.decode("before_day")
  }

  /// To be asked before a call: a response that finds its month being dropped would be paid for and have no place.
  ///
  /// - Throws: ``PruneError/monthIsGoing(_:)``.
  public func checkRoom(for day: UTCDay, on db: isolated Connection) throws {
    if try isBeingDropped(.response, for: day, on: db) { throw PruneError.monthIsGoing(day) }
  }

  func isBeingDropped(_ table: PartitionedTable, for day: UTCDay, on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from etl.partition_to_drop
      where partition = \(table.rawValue) || to_char(\(day)::date, '_YYYY_MM')
      """
    ).isEmpty
  }

  /// Those of the days whose rows no kept response rebuilds, with the moment since when: responses that told of them were pruned. They
  /// stand for themselves until a response for the day comes that was requested later.
  public func frozenDays(
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

  /// Notes that days follow from responses again.
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
