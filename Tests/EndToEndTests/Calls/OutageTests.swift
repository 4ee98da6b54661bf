import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// What the program does when one of its two sides is not there.
@Suite struct `Without` {
  @Test func `a database nothing is called and the exit code is 69`() async throws {
    try await withStageAndDeafPort { stage, port in
      for command in [["run"], Days.backfill(from: 3, to: 2), ["status"], ["migrate"]] {
        let outcome = try await stage.etl(
          command, with: ["DATABASE_URL": "postgresql://fleetize:database-password@127.0.0.1:\(port)/fleet"])
        #expect(outcome.code == 69, "\(command)")
        #expect(outcome.errors.contains("127.0.0.1, port \(port)"))
        #expect(outcome.errors.contains("DATABASE_URL"))
        #expect(!outcome.errors.contains("database-password"))
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `a migrated database nothing is called and the exit code is 78`() async throws {
    try await withStage(isMigrated: false) { stage in
      for command in [["run"], Days.backfill(from: 3, to: 2), ["status"], ["unblock"]] {
        let outcome = try await stage.etl(command)
        #expect(outcome.code == 78, "\(command)")
        #expect(outcome.errors.contains("fleetize-etl migrate"))
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `an API the run ends with 69 after five attempts that cost no quota`() async throws {
    try await withStageAndDeafPort { stage, port in
      let started = Date()
      let outcome = try await stage.etl(["run"], with: ["FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2"])
      #expect(outcome.code == 69)
      #expect(Date().timeIntervalSince(started) >= 15, "1 + 2 + 4 + 8 s between the attempts")
      #expect(outcome.errors.contains("could not be reached"))
      #expect(outcome.errors.contains("FLEETIZE_API_URL"))
      let attempts = try await stage.rows("select outcome from etl.api_call")
      #expect(attempts == Array(repeating: "(unreached)", count: 5))
      #expect(try await stage.rows("select calls_used from bi.api_budget") == ["(0)"])
      #expect(stage.calls.isEmpty)
    }
  }
}

private func withStageAndDeafPort(_ body: (Stage, Int) async throws -> Void) async throws {
  try await withStage { stage in try await withDeafPort { port in try await body(stage, port) } }
}
