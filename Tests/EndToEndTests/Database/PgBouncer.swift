import Foundation
import Glibc
import TestSupport

/// Runs `body` with the URL of a PgBouncer in front of the server of `databaseURL`.
///
/// - Parameter mode: `session`, `transaction` or `statement`.
func withPgBouncer(
  _ mode: String, to databaseURL: String, _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
  guard var url = URLComponents(string: databaseURL), let host = url.host, let serverPort = url.port else {
    throw StageFailure(text: "FLEETIZE_TEST_DATABASE_URL has to be a URI with a host and a port for this test")
  }
  let port = try await withDeafPort { $0 }
  let file = "/tmp/fleetize-pgbouncer-\(UUID().uuidString).ini"
  try """
  [databases]
  * = host=\(host) port=\(serverPort) user=\(url.user ?? "postgres")
  [pgbouncer]
  listen_addr = 127.0.0.1
  listen_port = \(port)
  unix_socket_dir =
  auth_type = any
  pool_mode = \(mode)
  default_pool_size = 10
  """.write(toFile: file, atomically: true, encoding: .utf8)
  defer { unlink(file) }
  url.port = port
  let pooled = url.string ?? ""
  // It refuses to run as root.
  let user = getuid() == 0 ? ["--reuid", "postgres", "--regid", "postgres", "--init-groups"] : []
  let pgbouncer = try await Program.tool("setpriv", user + ["/usr/sbin/pgbouncer", file]) { process in
    defer { kill(process, SIGKILL) }
    try await eventually("PgBouncer responses") {
      if !isRunning(process) { throw StageFailure(text: "PgBouncer did not start") }
      return try await Program.tool("psql", ["-XAtc", "select 1", pooled]).code == 0
    }
    try await body(pooled)
  }
  guard pgbouncer.code == 128 + SIGKILL else { throw StageFailure(text: "PgBouncer: \(pgbouncer)") }
}
