import FleetModel
import FleetizeSimulator
import FoundationEssentials
import Testing

/// A day whose full response takes the API longer than it allows itself.
@Suite struct `A day that is too heavy for the API` {
  @Test(arguments: Processing.Overrun.allCases)
  func `is asked for without its points at the third attempt, and stays open`(overrun: Processing.Overrun) async throws
  {
    let processing = Processing(secondsPerPoint: 0.01, limit: 0.05, overrun: overrun)
    let timeout: [String: String?] = ["FLEETIZE_REQUEST_TIMEOUT": "1"]
    try await withStage([.delivery], configure: { $0.processing = processing }) { stage in
      let command = Days.backfill(from: 4, to: 4)
      let outcome = try await stage.etl(command, with: timeout)
      #expect(outcome.code == 0, "\(outcome)")
      #expect(stage.calls.count == 1 + 3)
      #expect(
        try await stage.rows("select state, reason, point_count from bi.data_coverage")
          == ["(provisional,points_left_out,0)"])
      #expect(try await !stage.rows("select from bi.logbook").isEmpty)
      let scoped =
        "select distinct scope like '%origin_timestamp%', scope like '%route_points%' from etl.response where scope is not null"
      #expect(try await stage.rows(scoped) == ["(t,f)"])

      // Not again in this night.
      #expect(try await stage.etl(command, with: timeout).code == 0)
      #expect(stage.calls.count == 4)
      #expect(try await stage.etl(["replay", "--check"]).code == 0)
    }
  }
}
