import FleetModel
import Postgres

/// The monthly partitions of the two big tables.
public struct Partitions: Sendable {
  public enum Table: String, Sendable {
    case response = "etl.response"
    case routePoint = "warehouse.route_point"
  }

  /// Makes the monthly partition that holds `day`, if it is missing. In a commit of its own, before the transaction that fills it,
  /// so that nobody waits for that one.
  public func ensure(of table: Table, for day: UTCDay, on db: isolated Connection) throws {
    _ = try db.query("select etl.ensure_partition(\(table.rawValue)::text::regclass, \(day))")
  }

  /// Makes the partitions that these days need, so that no response waits for one; not those that are being dropped.
  public func ensure(for days: some Sequence<UTCDay>, on db: isolated Connection) throws {
    for month in Set(days.map(\.startOfMonth)).sorted() {
      for table in [Table.response, .routePoint] where try !isBeingDropped(table, for: month, on: db) {
        try ensure(of: table, for: month, on: db)
      }
    }
  }

  /// Makes the partitions of this month and the next.
  public func ensure(ahead today: UTCDay, on db: isolated Connection) throws {
    try ensure(for: [today, today.startOfMonth.advanced(by: 31)], on: db)
  }

  /// To be asked before a call: a response that finds its month being dropped would be paid for and have no place.
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
