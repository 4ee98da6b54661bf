import FleetModel
import Load
import Postgres
import Testing

@testable import Pipeline

@Suite struct `Logical replication` {
  /// PostgreSQL refuses updates and deletes in published tables whose rows it cannot identify.
  @Test func `can publish all tables while days are loaded and replaced`() async throws {
    try await withWarehouse { connection, warehouse in
      try await connection.script("create publication everything for all tables")
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      let day = Payloads.day
      try await archiveAndLoad([.list(at: 0), .day(at: 1, of: day, Payloads.oneRoute)], rebuilder, connection)
      let before = try await Dump.of(connection)
      #expect(before["warehouse.route_point"]?.isEmpty == false && before["warehouse.route_pause"]?.isEmpty == false)
      try await archiveAndLoad(
        [.list(at: 2, name: "Renamed"), .day(at: 3, of: day, Payloads.untilMidnight)], rebuilder, connection)
      let after = try await Dump.of(connection)
      for table in ["warehouse.device", "warehouse.route", "warehouse.route_point", "etl.checkpoint", "etl.finding"] {
        #expect(after[table] != before[table], "\(table) was not put to the test")
      }
    }
  }
}
