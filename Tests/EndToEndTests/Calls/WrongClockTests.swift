import FleetizeSimulator
import FoundationEssentials
import Testing

/// A machine whose clock is wrong, and what such a clock has left behind.
@Suite struct `A wrong clock` {
  /// The server's clock is the wrong one here: which of the two it is makes no difference.
  private func withClockOff(by seconds: String, _ body: (Stage) async throws -> Void) async throws {
    try await withWrongClock { server, set in
      try await withStage([.delivery], database: server) { stage in
        try set(seconds)
        try await body(stage)
      }
    }
  }

  @Test(arguments: ["-172800", "+34560000", "-310"]) func `stops a run before it does anything, and shows both times`(
    offset: String
  ) async throws {
    try await withClockOff(by: offset) { stage in
      let outcome = try await stage.etl(["run"])
      #expect(outcome.code == 78, "\(outcome)")
      #expect(
        outcome.errors.contains(#/this machine's clock says \S+Z, the database server's \S+Z/#), "\(outcome.errors)")
      #expect(stage.calls.isEmpty)
      #expect(try await stage.rows("table etl.run").isEmpty)
    }
  }

  @Test func `that is off by a minute is corrected by the database's`() async throws {
    try await withClockOff(by: "-100") { stage in
      let outcome = try await stage.etl(["run"])
      #expect(outcome.code == 0 && outcome.errors.contains("the database server's counts"), "\(outcome)")
      let off = "select from etl.api_call where abs(extract(epoch from started_at - clock_timestamp())) > 60"
      #expect(try await stage.rows(off).isEmpty)
      #expect(try await !stage.rows("select from etl.api_call").isEmpty)
    }
  }

  @Test func `does not delay the runs after it`() async throws {
    try await withStage([.delivery]) { stage in
      try await stage.succeed(["run"])
      try await stage.execute(
        """
        update etl.api_call set started_at = started_at + interval '2 days', ended_at = ended_at + interval '2 days';
        update etl.run set started_at = started_at + interval '2 days', ended_at = ended_at + interval '2 days';
        """)
      let start = ContinuousClock.now
      let outcome = try await stage.etl(Days.backfill(from: 3, to: 2), with: ["FLEETIZE_REQUEST_INTERVAL": "1"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(ContinuousClock.now - start < .seconds(60))
      #expect(try await stage.rows("select from etl.api_call where ended_at > clock_timestamp()").isEmpty)
    }
  }
}
