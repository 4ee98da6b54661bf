import FleetModel
import Postgres

/// The monthly partitions of the two big tables.
public struct Partitions: Sendable {
  public enum Table: String, Sendable {
    case response = "etl.response"
    case routePoint = "warehouse.route_point"
  }

  /// Creates the monthly partition for `day` if it is missing. Call it in its own transaction before the one that fills the partition,
  /// so that others do not have to wait for that one.
  public func ensure(of table: Table, for day: UTCDay, on db: isolated Connection) throws {
    _ = try db.query("select etl.ensure_partition(\(table.rawValue)::text::regclass, \(day))")
  }

  /// Creates the partitions that these days need, except those that are being dropped.
  public func ensure(for days: some Sequence<UTCDay>, on db: isolated Connection) throws {
    for month in Set(days.map(\.startOfMonth)).sorted() {
      for table in [Table.response, .routePoint] where try !isBeingDropped(table, for: month, on: db) {
        try ensure(of: table, for: month, on: db)
      }
    }
  }

  /// Creates the partitions for this month and the next.
  public func ensure(ahead today: UTCDay, on db: isolated Connection) throws {
    try ensure(for: [today, today.startOfMonth.advanced(by: 31)], on: db)
  }

  /// Call it before a call: if the month is being dropped, its response could not be stored.
  ///
  /// - Throws: ``PruneError/monthIsGoing(_:)``.
  public func checkRoom(for day: UTCDay, on db: isolated Connection) throws {
    if try isBeingDropped(.response, for: day, on: db) { throw PruneError.monthIsGoing(day) }
  }

  func isBeingDropped(_ table: Table, for day: UTCDay, on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from etl.partition_to_drop
      where partition = \(table.rawValue) || to_char(\(day)::date, '_YYYY_MM')
      """
    ).isEmpty
  }
}
