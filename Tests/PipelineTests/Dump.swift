import FleetModel
import Foundation
import Load
import Logging
import Postgres
import Schema
import TestSupport
import Transform

@testable import Pipeline

/// The whole content of the tables that are a function of the archive, as sorted lines. `finding_key` and
/// `changed_at` are outside of that function.
enum Dump {
  static let tables = [
    "warehouse.account", "warehouse.device", "warehouse.device_version", "warehouse.device_reading", "warehouse.route",
    "warehouse.route_point", "warehouse.route_pause", "etl.response_day", "etl.checkpoint", "etl.finding",
    "etl.unloaded_response", "etl.served_day",
  ]

  static func of(_ connection: Connection) async throws -> [String: [String]] {
    try await connection.run { db in
      var lines: [String: [String]] = [:]
      for table in tables {
        lines[table] = try db.query(
          "select (to_jsonb(t) - '{finding_key,changed_at}'::text[])::text as line from \(unescaped: table) as t order by 1"
        ).map {
          try $0.decode("line")
        }
      }
      return lines
    }
  }
}

/// Runs `body` on a migrated database with one account.
func withWarehouse(_ body: (Connection, Warehouse) async throws -> Void) async throws {
  try await withMigratedTestDatabase { url in
    let (connection, warehouse) = try await openWarehouse(url)
    try await body(connection, warehouse)
    await connection.close()
  }
}

/// Migrates a database and adds an account.
func openWarehouse(_ url: String) async throws -> (Connection, Warehouse) {
  let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
  let connection = try await Connection.open(url, applicationName: "tests", logger: logger)
  _ = try await Migrator(connection: connection, logger: logger).migrate(now: .distantPast)
  let warehouse = try await connection.run { db in try Warehouse.configured(timeZone: "Europe/Berlin", on: db) }
  return (connection, warehouse)
}

/// Archives a response.
func archive(_ response: Response, in warehouse: Warehouse, on db: isolated Connection) throws -> ArchivedResponse {
  try warehouse.partitions.ensure(of: .response, for: response.day, on: db)
  return try db.transaction { try warehouse.archive.add(response, call: nil, on: db) }
}

func archiveAndLoad(_ responses: [Response], _ rebuilder: DayRebuilder, _ connection: Connection) async throws {
  try await connection.run { db in
    for answer in responses {
      let archived = try archive(answer, in: rebuilder.warehouse, on: db)
      _ = try rebuilder.rebuild(from: ResponseBatch([ReadResponse(archived)]), on: db)
    }
  }
}
