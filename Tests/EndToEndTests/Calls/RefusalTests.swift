import FleetizeSimulator
import Foundation
import Testing

/// What the vendor's refusals do to this run and to later ones.
@Suite struct `A refusal by the vendor` {
  @Test func `of the token costs one call, exits 77 and says where the token is found`() async throws {
    try await withStage { stage in
      let refused = try await stage.etl(["run"], with: ["FLEETIZE_API_TOKEN": "mistyped-token"])
      #expect(refused.code == 77)
      #expect(refused.errors.contains("vendor error 1000"))
      #expect(refused.errors.contains("hint:") && refused.errors.contains("FLEETIZE_API_TOKEN"))
      #expect(stage.calls.count == 1)

      // Nothing is remembered: with the right token the next run works.
      #expect(try await stage.etl(["run"]).code == 0)
    }
  }

  @Test func `with 1002 stops all later runs without a call until a person unblocks`() async throws {
    try await withStage(fault: { $0.number == 3 ? .error(.tokenBlocked) : nil }) { stage in
      let command = Days.backfill(from: 4, to: 2)
      let blocked = try await stage.etl(command)
      #expect(blocked.code == 77)
      #expect(blocked.errors.contains("vendor error 1002") && blocked.errors.contains("unblock"))
      #expect(stage.calls.count == 3)

      for later in [command, ["run"], command] {
        #expect(try await stage.etl(later).code == 77)
      }
      let looked = try await stage.etl(["unblock"])
      #expect(looked.code == 0)
      #expect(looked.output.contains("--confirm"))
      // The request log for the vendor's support.
      #expect(looked.output.contains(/devicelist +answered/), "\(looked.output)")
      #expect(looked.output.contains(/device +refused, vendor error 1002/), "\(looked.output)")
      #expect(try await stage.etl(command).code == 77, "unblock without --confirm lifted the block")
      #expect(try await stage.rows("select from bi.api_budget where blocked_since is null") == [])
      #expect(stage.calls.count == 3, "a call left while the account was blocked")

      #expect(try await stage.etl(["unblock", "--confirm"]).code == 0)
      #expect(try await stage.etl(command).code == 0)
      #expect(stage.calls.count > 3)
      #expect(try await stage.rows("select from bi.api_budget where blocked_since is not null") == [])
    }
  }

  @Test func `with 1055 twice in a row ends the run with 75 and leaves no third call`() async throws {
    try await withStage(fault: { $0.number > 1 ? .error(.tooSoon) : nil }) { stage in
      let command = Days.backfill(from: 4, to: 2)
      let stopped = try await stage.etl(command)
      #expect(stopped.code == 75)
      #expect(stopped.errors.contains("vendor error 1055"))
      #expect(stage.calls.count == 3, "a list and two refused calls")
      #expect(try await stage.etl(command).code == 75)
      #expect(stage.calls.count == 3, "a later run called within the hour")
      let nightly = ["run", "--success-on", "quota", "--success-on", "locked"]
      #expect(try await stage.etl(nightly).code == 75, "somebody has to look at what else calls with this token")
      #expect(stage.calls.count == 3)
    }
  }
}
