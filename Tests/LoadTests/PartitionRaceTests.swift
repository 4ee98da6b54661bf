import FleetModel
import Load
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct `A monthly partition that two sessions need at the same moment` {
  @Test func `is created once, and neither session fails`() async throws {
    try await withTestDatabase { url in
      let first = try await Connection.open(url, applicationName: "first", logger: quiet)
      let second = try await Connection.open(url, applicationName: "second", logger: quiet)
      try await Migrator(connection: first, logger: quiet).migrate(now: aMoment)
      let warehouse = try await first.run { db in try Warehouse.configured(on: db) }
      let day = UTCDay(containing: aMoment)
      for table in [Partitions.Table.response, .routePoint] {
        let (moments, isMade) = AsyncStream.makeStream(of: Void.self)
        // Does not commit its new partition until the other session waits for it.
        async let made: Void = first.run { db in
          try db.transaction {
            try warehouse.partitions.ensure(of: table, for: day, on: db)
            isMade.yield()
            while try db.query(
              "select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))"
            ).isEmpty {
              _ = try db.query("select pg_sleep(0.01)")
            }
          }
        }
        for await _ in moments { break }
        try await second.run { db in try warehouse.partitions.ensure(of: table, for: day, on: db) }
        try await made
      }
      let partitions = try await first.run { db in
        try db.lines("select inhrelid::regclass::text from pg_inherits where inhrelid::regclass::text like '%2026_11'")
      }
      #expect(Set(partitions) == ["etl.response_2026_11", "warehouse.route_point_2026_11"])
      await first.close()
      await second.close()
    }
  }
}
