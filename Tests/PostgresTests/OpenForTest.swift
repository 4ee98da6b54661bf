import Logging
import Postgres

func openForTest(_ conninfo: String) async throws -> Connection {
  try await Connection.open(
    conninfo, applicationName: "tests", logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
}
