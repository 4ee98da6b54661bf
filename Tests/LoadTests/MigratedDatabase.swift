import Foundation
import Load
import Logging
import Postgres
import Schema
import TestSupport

let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

/// 2026-11-01, 00:00:00 UTC.
let aMoment = Date(timeIntervalSince1970: 1_793_491_200)

/// Runs `body` on a connection to a new, empty database.
func withEmptyDatabase<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
  try await withTestDatabase { url in
    let connection = try await Connection.open(url, applicationName: "tests", logger: quiet)
    let result = try await body(connection)
    await connection.close()
    return result
  }
}

/// Runs `body` on a connection to a new database with this program's schema.
func withMigratedDatabase<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
  try await withMigratedTestDatabase { url in
    let connection = try await Connection.open(url, applicationName: "tests", logger: quiet)
    let result = try await body(connection)
    await connection.close()
    return result
  }
}

extension Connection {
  /// The rows of a query as text: columns parted by ` | `, NULL as `-`.
  func lines(_ query: String) throws -> [String] {
    try self.query(
      """
      select array_to_string(array(select coalesce(value, '-') from json_each_text(row_to_json(r))), ' | ') as line
      from (\(unescaped: query)) as r
      """
    ).map { try $0.decode("line") }
  }
}

/// The files of a folder of the repository, by name.
func repositoryFiles(_ folder: String) throws -> [SQLFile] {
  let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return try FileManager.default.contentsOfDirectory(
    at: root.appending(path: folder), includingPropertiesForKeys: nil
  )
  .filter { $0.pathExtension == "sql" }
  .sorted { $0.lastPathComponent < $1.lastPathComponent }
  .map { SQLFile(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
}
