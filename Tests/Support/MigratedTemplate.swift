import FoundationEssentials
import Load
import Postgres
import Schema

/// A database with this program's schema from which test databases are copied. Created by the first test that needs it.
enum MigratedTemplate {
  /// Different for each state of `migrations/` and `sql/`.
  private static let database =
    "fleetize_test_template_"
    + SQLFile(name: "all", text: (SQLFile.migrations + SQLFile.views).map { $0.name + $0.text }.joined()).sha256.prefix(
      12)

  /// `fleetztt` in ASCII.
  private static let lockKey: Int64 = 0x666C_6565_747A_7474

  /// - Parameter server: The server's URL.
  /// - Returns: The name of the database.
  static func name(on server: String) async throws -> String {
    let owner = try await Connection.open(server, applicationName: "tests", logger: TestDatabases.logger)
    // Other test processes may use the same server: one creates the template, the others wait.
    _ = try await owner.query("select pg_catalog.pg_advisory_lock(\(lockKey))")
    let isThere = try await !owner.query("select from pg_catalog.pg_database where datname = \(database)").isEmpty
    if !isThere { try await make(on: server, as: owner) }
    await owner.close()
    return database
  }

  private static func make(on server: String, as owner: Connection) async throws {
    let draft = "\(database)_draft"
    try await owner.execute("drop database if exists \(identifier: draft) with (force)")
    try await owner.execute("create database \(identifier: draft) template template0")
    let connection = try await Connection.open(
      databaseURL(server, database: draft), applicationName: "tests", logger: TestDatabases.logger)
    try await Migrator(connection: connection, logger: TestDatabases.logger)
      .migrate(now: Date(timeIntervalSince1970: 0))
    await connection.close()
    // The backend may take a moment to end, and a database with a session can be neither renamed nor copied.
    while try await !owner.query("select from pg_catalog.pg_stat_activity where datname = \(draft)").isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
    try await owner.execute("alter database \(identifier: draft) rename to \(identifier: database)")
  }
}
