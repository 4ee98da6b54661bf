import Foundation
import Testing

/// PgBouncer between the program and the server.
@Suite struct `A pooler` {
  private static let refused = [
    ["run"], Days.backfill(from: 3, to: 2), ["migrate"], ["unblock"], ["status"], ["replay"],
    ["prune", "--points-older-than", "400d"],
    ["erase", "--device", "492", "--from", "2026-10-01", "--to", "2026-10-02"],
  ]

  @Test(arguments: ["transaction", "statement"])
  func `that shares sessions is refused with 78 before anything is done`(mode: String) async throws {
    try await withStage { stage in
      let before = try await Content(of: stage.databaseURL)
      try await withPgBouncer(mode, to: stage.databaseURL) { url in
        for command in Self.refused {
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

  @Test func `that shares sessions gets them back as they were`() async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 3, to: 2)).code == 0)
      let calls = stage.calls.count
      // Settings of others, of which each is one that the program would change in a session of its own.
      let name = try #require(URL(string: stage.databaseURL)?.lastPathComponent)
      let others = [
        "search_path": "theirs, public", "statement_timeout": "47s", "lock_timeout": "0",
        "idle_in_transaction_session_timeout": "48s", "default_transaction_isolation": "serializable",
        "default_transaction_read_only": "off", "synchronous_commit": "off",
      ]
      for (setting, value) in others {
        let text = setting == "search_path" ? value : "'\(value)'"
        try await stage.execute("alter database \(name) set \(setting) to \(text)")
      }
      try await withPgBouncer("transaction", to: stage.databaseURL) { url in
        func settings() async throws -> String {
          let question = """
            select name, setting, source from pg_settings
            where name in ('\(others.keys.joined(separator: "', '"))') order by name
            """
          // One session after the other, in a pool that has but a few.
          return try await Program.tool("psql", ["-XAtc", question, url]).output
        }
        let before = try await settings()
        #expect(before.contains("search_path|theirs, public|database"))
        let logbook = ["logbook", "--device", "492", "--month", String("\(Days.ago(3))".prefix(7))]
        for command in Self.refused + [["doctor"], logbook] {
          let outcome = try await stage.etl(command, with: ["DATABASE_URL": url])
          #expect(outcome.code == (command == logbook ? 0 : command == ["doctor"] ? 1 : 78), "\(command): \(outcome)")
          for _ in 0..<3 { #expect(try await settings() == before, "\(command)") }
        }
      }
      #expect(stage.calls.count == calls)
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
