import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite struct `A notice of the server` {
  @Test func `is logged with its level`() async throws {
    try await withTestDatabase { url in
      let log = RecordingLog()
      let connection = try await Connection.open(url, applicationName: "tests", logger: Logger(label: "t") { _ in log })
      try await connection.script(
        """
        drop table if exists nowhere;
        do $$ begin raise warning 'look out' using hint = 'duck', detail = 'secret'; end $$;
        """)
      #expect(
        log.lines.withLock { $0 } == [
          "notice: table \"nowhere\" does not exist, skipping [:]",
          "warning: look out [\"hint\": duck, \"sqlstate\": 01000]",
        ])
    }
  }
}

private final class RecordingLog: LogHandler, Sendable {
  let lines = Mutex<[String]>([])

  func log(event: LogEvent) {
    let metadata = (event.metadata ?? [:]).map { "\"\($0.key)\": \($0.value)" }.sorted().joined(separator: ", ")
    lines.withLock { $0.append("\(event.level): \(event.message) [\(metadata.isEmpty ? ":" : metadata)]") }
  }

  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }

  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
}
