import FleetizeSimulator
import Foundation
import Testing

/// Commands and settings that make no sense.
@Suite struct `A mistake` {
  @Test(arguments: [
    ["backfill", "--from", "2026-02-30", "--to", "2026-03-01"],
    ["backfill", "--from", "yesterday", "--to", "2026-03-01"],
    ["backfill", "--from", "2026-03-02", "--to", "2026-03-01"],
    ["backfill", "--from", "9000-03-01", "--to", "9000-03-02"],
    ["backfill", "--from", "2026-03-01"], ["run", "--format", "xml"], ["walk"],
    ["backfill", "--from", "2026-03-01", "--to", "2026-03-01", "--max-calls", "0"],
    ["backfill", "--from", "2026-03-01", "--to", "2026-03-01", "--device", "van"], ["status", "--token", "secret"],
  ]) func `in the arguments exits 64 without database or API`(arguments: [String]) async throws {
    let outcome = try await Program.run(arguments, [:])
    #expect(outcome.code == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Usage:") && outcome.output.isEmpty)
  }

  @Test func `in the number of a device or the name of an account exits 64`() async throws {
    try await withStage { stage in
      let backfill = try await stage.etl(Days.backfill(from: 3, to: 2, "--device", "492", "--device", "77"))
      #expect(backfill.code == 64)
      #expect(backfill.errors.contains("77"))
      #expect(stage.calls.count == 1, "only the list that says which devices there are")
      let unblock = try await stage.etl(["unblock", "--account", "nobody", "--confirm"])
      #expect(unblock.code == 64)
      #expect(unblock.errors.contains("nobody"))
    }
  }

  @Test func `in a setting exits 78 and names the variable`() async throws {
    try await withStage { stage in
      for (variable, value) in [
        ("FLEETIZE_REQUEST_INTERVAL", "fast"), ("FLEETIZE_REQUEST_INTERVAL", "-1"), ("FLEETIZE_DAILY_CALLS", "0"),
        ("FLEETIZE_DAILY_CALLS", "1e3"), ("FLEETIZE_REQUEST_TIMEOUT", "nan"), ("FLEETIZE_FIRST_DAYS", "0"),
        ("FLEETIZE_SETTLING_DAYS", "-1"), ("FLEETIZE_MAX_RESPONSE_BYTES", "64MB"),
        ("FLEETIZE_ALLOW_PLAIN_HTTP", "maybe"),
        ("FLEETIZE_TIME_ZONE", "Mars/Olympus"), ("FLEETIZE_API_URL", "ftp://127.0.0.1/v2"),
        ("FLEETIZE_API_URL", "http://192.0.2.1/v2"), ("FLEETIZE_API_URL", "http://user:word@127.0.0.1/v2"),
        ("FLEETIZE_API_TOKEN", "two words"),
      ] {
        let outcome = try await stage.etl(["run"], with: [variable: value])
        #expect(outcome.code == 78, "\(variable)=\(value): \(outcome)")
        #expect(outcome.errors.contains(variable), "\(variable)=\(value): \(outcome.errors)")
        #expect(!outcome.errors.contains("user:word") && !outcome.errors.contains("two words"))
      }
      let file = try await stage.etl(["run", "--config", "/nonexistent/settings.yaml"])
      #expect(file.code == 78)
      #expect(file.errors.contains("/nonexistent/settings.yaml"))
      #expect(stage.calls.isEmpty)
    }
  }
}
