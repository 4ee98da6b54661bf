import Logging
import Postgres

extension Connection {
  /// A connection of the test's own, as superuser.
  static func ofTest(_ url: String, applicationName: String = "tests") async throws -> Connection {
    try await open(
      url, applicationName: applicationName, logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
  }

  /// The column `line` of a query, in its order.
  func lines(_ query: String) async throws -> [String] {
    try await run { db in try db.query("\(unescaped: query)").map { try $0.decode("line", as: String.self) } }
  }
}

/// Runs `body` with a connection of the test's own, which is closed in any case.
func withTestConnection<Result: Sendable>(
  _ url: String, _ body: (Connection) async throws -> Result
) async throws -> Result {
  let connection = try await Connection.ofTest(url)
  let outcome: Swift.Result<Result, any Error>
  do { outcome = .success(try await body(connection)) } catch { outcome = .failure(error) }
  await connection.close()
  return try outcome.get()
}
