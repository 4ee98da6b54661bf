import Foundation
import Testing

/// PgBouncer between the program and the server.
@Suite struct `A pooler` {
  @Test(arguments: ["transaction", "statement"])
  func `that shares sessions is refused with 78 before anything is done`(mode: String) async throws {
    try await withStage { stage in
      let before = try await Content(of: stage.databaseURL)
      try await withPgBouncer(mode, to: stage.databaseURL) { url in
        for command in [["run"], Days.backfill(from: 3, to: 2), ["migrate"], ["unblock"]] {
          let outcome = try await stage.etl(command, with: ["DATABASE_URL": url])
          #expect(outcome.code == 78, "\(command): \(outcome)")
          #expect(outcome.errors.contains("PgBouncer") && outcome.errors.contains("hint:"))
          #expect(outcome.errors.contains("pool_mode=session"))
        }
      }
      #expect(stage.calls.isEmpty)
      try await Content(of: stage.databaseURL).expectSame(as: before, "after the refusals")
      #expect(try await stage.rows("select from etl.run") == [])
    }
  }

  @Test func `that shares sessions is refused also while others use it`() async throws {
    try await withStage { stage in
      try await withPgBouncer("transaction", to: stage.databaseURL) { url in
        // Four clients that never rest shift the sessions between everybody.
        let load = ["-n", "-c", "4", "-T", "4", "-f", "/dev/stdin"]
        async let others = Program.tool(
          "bash", ["-c", "echo 'select pg_sleep(0.001);' | \(try pgbench()) \(load.joined(separator: " ")) '\(url)'"])
        for _ in 0..<8 {
          let outcome = try await stage.etl(["run"], with: ["DATABASE_URL": url])
          #expect(outcome.code == 78, "\(outcome)")
        }
        let bench = try await others
        #expect(bench.code == 0, "\(bench)")
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `that keeps sessions apart is no hindrance`() async throws {
    try await withStage { stage in
      try await withPgBouncer("session", to: stage.databaseURL) { url in
        for command in [["migrate"], Days.backfill(from: 6, to: 5), ["run"], ["status"]] {
          let outcome = try await stage.etl(command, with: ["DATABASE_URL": url])
          #expect(outcome.code == 0, "\(command): \(outcome)")
        }
      }
      #expect(stage.askedDays.count >= 4)
    }
  }

  private func pgbench() throws -> String {
    let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").sorted()
    return "/usr/lib/postgresql/\(try #require(versions.last))/bin/pgbench"
  }
}
