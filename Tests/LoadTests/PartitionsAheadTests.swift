import FleetModel
import Foundation
import Load
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct `Creating a monthly partition` {
  @Test(arguments: [Partitions.Table.response, .routePoint])
  func `neither waits for loads and readers nor blocks them`(table: Partitions.Table) async throws {
    try await withTestDatabase { url in
      let loading = try await Connection.open(url, applicationName: "load", logger: quiet)
      let making = try await Connection.open(url, applicationName: "make", logger: quiet)
      let other = try await Connection.open(url, applicationName: "other", logger: quiet)
      try await Migrator(connection: loading, logger: quiet).migrate(now: aMoment)
      let warehouse = try await loading.run { db in try Warehouse.configured(on: db) }
      let today = UTCDay(containing: aMoment)
      try await loading.run { db in try warehouse.partitions.ensure(ahead: today, on: db) }
      let insert = "insert into \(table.rawValue) " + Self.row(table)
      // Whoever has to wait fails after a second.
      for connection in [making, other] { try await connection.run { db in try db.script("set lock_timeout = '1s'") } }

      // A long load that has written and has read the whole table.
      try await loading.run { db in try db.script("begin; \(insert); select count(*) from \(table.rawValue)") }
      try await making.run { db in try warehouse.partitions.ensure(of: table, for: today.advanced(by: 70), on: db) }
      // While a partition is being created, others can load and read.
      try await making.run { db in
        try db.script("begin")
        try warehouse.partitions.ensure(of: table, for: today.advanced(by: 100), on: db)
      }
      try await other.run { db in
        try db.script("\(insert); select count(*) from \(table.rawValue)")
        try warehouse.partitions.ensure(ahead: today, on: db)
      }
      try await loading.run { db in try db.script("\(insert); commit") }
      try await making.run { db in try db.script("commit") }
      let count = try await other.run { db in
        try db.query(
          "select count(*) as partitions from pg_inherits where inhparent = \(table.rawValue)::text::regclass")[0]
          .decode("partitions", as: Int.self)
      }
      #expect(count == 4)
      for connection in [loading, making, other] { await connection.close() }
    }
  }

  private static func row(_ table: Partitions.Table) -> String {
    switch table {
    case .routePoint:
      "values (1, '2026-11-01', 1, 1, 1, 1, 1)"
    case .response:
      """
      (day, account_key, action, requested_at, answered_at, http_status, is_complete, body_bytes, body_sha256, body_compressed)
      values ('2026-11-01', 1, 'devicelist', '2026-11-01', '2026-11-01', 200, true, 0, '', '')
      """
    }
  }
}
