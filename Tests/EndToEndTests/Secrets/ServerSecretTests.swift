import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// What the database's server has on disk and in memory of the calls that a program makes.
@Suite struct `The token and the database's server` {
  @Test func `share no file`() async throws {
    try await withCallInFlight { stage in
      try await stage.execute("checkpoint")
      let folder = try await stage.texts("select current_setting('data_directory') as line")[0]
      // Tables, the write-ahead log, the server's own log, statistics, temporary files.
      #expect(try await isFound("fleetize-etl migrate", in: folder), "a text that is there, in a comment")
      #expect(try await !isFound(Stage.token, in: folder))
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root may look into the memory of others"))
  func `share no memory, so that a core of the server holds none`() async throws {
    try await withCallInFlight { stage in
      let processes = try await stage.texts(
        "select pid::text as line from pg_stat_activity where datname = current_database() and application_name = 'fleetize-etl'"
      )
      #expect(!processes.isEmpty)
      for process in processes {
        let memory = try memory(of: process)
        #expect(memory.contains { $0.firstRange(of: Data("etl.api_call".utf8)) != nil }, "what the program said last")
        #expect(memory.hasOnly { $0.firstRange(of: Data(Stage.token.utf8)) == nil })
      }
    }
  }

  private func withCallInFlight(_ look: @Sendable (Stage) async throws -> Void) async throws {
    try await withStage(fault: { _ in .silence }) { stage in
      let outcome = try await stage.etl(["run", "--verbose"]) { process in
        try await eventually("a call in flight") { stage.calls.count == 1 }
        try await look(stage)
        kill(process, SIGKILL)
      }
      #expect(outcome.code == 128 + SIGKILL)
    }
  }

  private func isFound(_ text: String, in folder: String) async throws -> Bool {
    var isFound = false
    // Not as an argument: another test looks for the token in those of all processes.
    try await withTemporaryFolder { here in
      let outcome = try await Program.tool("grep", ["-raqF", "-f", try here.file("text", text), "--", folder])
      // 2: a file went away meanwhile, and the text is in none of the others.
      #expect([0, 1, 2].contains(outcome.code), "\(outcome)")
      isFound = outcome.code == 0
    }
    return isFound
  }

  /// All that a process can write to and has for itself, as a core would hold it.
  private func memory(of process: String) throws -> [Data] {
    let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/mem"))
    defer { try? file.close() }
    return try maps.split(separator: "\n").filter { $0.contains(" rw-p ") }.compactMap { line in
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt64($0, radix: 16) }
      guard ends.count == 2 else { return nil }
      try file.seek(toOffset: ends[0])
      return try file.read(upToCount: Int(ends[1] - ends[0]))
    }
  }
}
