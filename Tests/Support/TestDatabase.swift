import FoundationEssentials
import Logging
import Postgres

/// Runs `body` with the URL of a new, empty database, dropped afterwards.
///
/// Needs `FLEETIZE_TEST_DATABASE_URL`, the URL of a server with a user who may create databases. Without it the test fails
/// and says how to start one.
public func withTestDatabase<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
  try await withTestDatabase(isMigrated: false, body)
}

/// Runs `body` with the URL of a new database with this program's schema and no rows, dropped afterwards. It is copied from a
/// template, which takes a fraction of the time of migrating.
public func withMigratedTestDatabase<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
  try await withTestDatabase(isMigrated: true, body)
}

private func withTestDatabase<Result>(
  isMigrated: Bool, isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Result
) async throws -> Result {
  guard let server = ProcessInfo.processInfo.environment["FLEETIZE_TEST_DATABASE_URL"], !server.isEmpty else {
    throw TestServerMissing()
  }
  await TestDatabases.places.take()
  let outcome: Swift.Result<Result, any Error>
  do {
    outcome = .success(
      try await withDatabase(
        on: server, copying: isMigrated ? try await MigratedTemplate.name(on: server) : "template0", body))
  } catch {
    outcome = .failure(error)
  }
  await TestDatabases.places.give()
  return try outcome.get()
}

/// Runs `body` with a connection to a new, empty database, dropped afterwards.
public func withTestConnection<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> Result
) async throws -> Result {
  try await withTestDatabase { url in
    let connection = try await Connection.open(url, applicationName: "tests", logger: TestDatabases.logger)
    return try await body(connection)
  }
}

private func withDatabase<Result>(
  on server: String, copying template: String, isolation: isolated (any Actor)? = #isolation,
  _ body: (String) async throws -> Result
) async throws -> Result {
  let name = "fleetize_test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
  let owner = try await Connection.open(server, applicationName: "tests", logger: TestDatabases.logger)
  try await owner.execute("create database \(identifier: name) template \(identifier: template)")
  let outcome: Swift.Result<Result, any Error>
  do {
    outcome = .success(try await body(databaseURL(server, database: name)))
  } catch {
    outcome = .failure(error)
  }
  // Forced, because a failed test may have left connections open.
  try await owner.execute("drop database \(identifier: name) with (force)")
  await owner.close()
  return try outcome.get()
}

/// The connection string `server` with another database; a URI or `key=value` pairs.
func databaseURL(_ server: String, database: String) -> String {
  guard let scheme = server.firstRange(of: "://") else { return "\(server) dbname=\(database)" }
  let query = server.firstIndex(of: "?") ?? server.endIndex
  let path = server[scheme.upperBound..<query].firstIndex(of: "/") ?? query
  return "\(server[..<path])/\(database)\(server[query...])"
}

/// The connection string `url`, a URI, for another user.
public func databaseURL(_ url: String, user: String) -> String {
  guard let scheme = url.firstRange(of: "://") else { return "\(url) user=\(user)" }
  let rest = url[scheme.upperBound...]
  let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
  let host = rest[..<end].lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
  return "\(url[..<scheme.upperBound])\(user)@\(host)"
}

struct TestServerMissing: Error, CustomStringConvertible {
  var description: String {
    """
    FLEETIZE_TEST_DATABASE_URL is not set: run `make test`, or `deploy/with-private-postgres swift test`, \
    or set it to a PostgreSQL server whose user may create databases
    """
  }
}

enum TestDatabases {
  /// Tests run in parallel, and a server accepts a limited number of connections.
  fileprivate static let places = Places(8)
  static let logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
}

/// A counting semaphore, first come, first served.
private actor Places {
  private var free: Int
  private var line: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) {
    free = count
  }

  func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { line.append($0) }
    }
  }

  func give() {
    if line.isEmpty {
      free += 1
    } else {
      line.removeFirst().resume()
    }
  }
}
