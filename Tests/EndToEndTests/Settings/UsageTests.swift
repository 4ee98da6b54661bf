import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Wrong commands, options and settings.
@Suite struct `A mistake` {
  @Test(arguments: [
    ["backfill", "--from", "2026-02-30", "--to", "2026-03-01"],
    ["backfill", "--from", "yesterday", "--to", "2026-03-01"],
    ["backfill", "--from", "2026-03-02", "--to", "2026-03-01"],
    ["backfill", "--from", "2026-03-01"], ["run", "--format", "xml"],
    ["backfill", "--from", "2026-03-01", "--to", "2026-03-01", "--max-calls", "0"],
  ]) func `in the arguments exits 64 without database or API`(arguments: [String]) async throws {
    let outcome = try await Program.run(arguments, [:])
    #expect(outcome.code == 64, "\(outcome.errors)")
    #expect(outcome.errors.contains("Usage:") && outcome.output.isEmpty)
  }

  @Test(arguments: [
    (["bakfill", "--from", "2026-03-01"], "there is no command \"bakfill\", did you mean \"backfill\"?"),
    (["help", "bakfill"], "did you mean \"backfill\"?"), (["walk"], "the commands are migrate, run, backfill"),
    (["config", "shwo"], "did you mean \"show\"?"),
    (["backfill", "--form", "2026-03-01", "--to", "2026-03-02"], "has no option --form, did you mean \"--from\"?"),
    (["status", "--token=secret"], "fleetize-etl status has no option --token"),
    (["backfill", "--from", "9000-03-01", "--to", "9000-03-02"], "--from 9000-03-01 has not ended yet"),
  ]) func `in the name of a command or option exits 64 with the right one`(
    arguments: [String], message: String
  ) async throws {
    let outcome = try await Program.run(arguments, [:])
    #expect(outcome.code == 64, "\(outcome)")
    #expect(outcome.errors.contains(message) && outcome.errors.contains("\nhint:  "), "\(outcome.errors)")
    #expect(outcome.output.isEmpty && !outcome.errors.contains("secret"))
  }

  @Test func `in the name of a device exits 64 with the right one, and the right one is taken`() async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 3, to: 2)).code == 0)
      let name = try #require(try await stage.texts("select name as line from bi.device where device_id = 492").first)
      let calls = stage.calls.count
      let wrong = try await stage.etl(Days.backfill(from: 3, to: 2, "--device", String(name.dropLast())))
      #expect(wrong.code == 64 && wrong.errors.contains("did you mean \"\(name)\"?"), "\(wrong)")
      #expect(stage.calls.count == calls)
      let right = try await stage.etl(Days.backfill(from: 3, to: 3, "--refetch", "--device", name))
      #expect(right.code == 0, "\(right.errors)")
      #expect(stage.askedDays.last == DeviceDayID(device: DeviceID(492), day: Days.ago(3)))
      let list = try await stage.etl(["device", "list"]).output
      #expect(list.contains(name) && list.contains("492") && list.contains("open days"), "\(list)")
      try await stage.execute("update warehouse.device set name = 'twin'")
      let both = try await stage.etl(Days.backfill(from: 3, to: 2, "--device", "twin"))
      #expect(both.code == 64 && both.errors.contains("several devices"), "\(both)")
    }
  }

  @Test func `in the number of a device or the name of an account exits 64`() async throws {
    try await withStage { stage in
      let backfill = try await stage.etl(Days.backfill(from: 3, to: 2, "--device", "492", "--device", "77"))
      #expect(backfill.code == 64)
      #expect(backfill.errors.contains("77"))
      #expect(stage.calls.count == 1, "only the list that says which devices there are")
      let unblock = try await stage.etl(["unblock", "--account", "defualt", "--confirm"])
      #expect(unblock.code == 64)
      #expect(unblock.errors.contains("no account \"defualt\" is configured, did you mean \"default\"?"))
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
