import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Counting, pricing and showing calls.
@Suite struct `The budget of calls` {
  @Test func `that is used up ends a backfill with 75, and run again later it continues`() async throws {
    try await withStage { stage in
      // Two active vehicles, a list and a margin of two are kept for the night: 10 - 5 calls are for a backfill.
      let command = Days.backfill(from: 8, to: 3)
      let first = try await stage.etl(command, with: ["FLEETIZE_DAILY_CALLS": "10"])
      #expect(first.code == 75)
      #expect(stage.calls.count == 5)
      #expect(first.errors.contains("8 device-days left"), "\(first.errors)")
      #expect(first.errors.contains(/possible at \d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/), "\(first.errors)")
      #expect(first.errors.contains("run the same command again after 20"))

      let again = try await stage.etl(command, with: ["FLEETIZE_DAILY_CALLS": "10"])
      #expect(again.code == 75)
      #expect(stage.calls.count == 5)

      let spent = ["FLEETIZE_DAILY_CALLS": "\(stage.calls.count)"]
      #expect(try await stage.etl(["run"], with: spent).code == 75)
      #expect(try await stage.etl(["run", "--success-on", "locked"], with: spent).code == 75)
      #expect(try await stage.etl(["run", "--success-on", "quota"], with: spent).code == 0)
      #expect(try await stage.etl(["run", "--success-on", "threshold"], with: spent).code == 64)
      #expect(
        try await stage.rows("select exit_code, reason from bi.run order by started_at desc limit 3")
          == ["(0,quota)", "(75,quota)", "(75,quota)"])
      #expect(stage.calls.count == 5)

      let more = ["FLEETIZE_DAILY_CALLS": "100"]
      #expect(try await stage.etl(["migrate", "--confirm-changes"], with: more).code == 0)
      let later = try await stage.etl(command, with: more)
      #expect(later.code == 0)
      #expect(stage.calls.count == 13)
      #expect(Set(stage.askedDays).count == 12)
    }
  }

  @Test func `is not touched by a dry run, which prints the plan as text and as JSON`() async throws {
    try await withStage([.delivery, .neverMoved]) { stage in
      let command = Days.backfill(from: 6, to: 2, "--dry-run")
      let ignorant = try await stage.etl(command)
      #expect(ignorant.code == 0)
      #expect(stage.calls.isEmpty)
      #expect(ignorant.output.contains("device list"), "\(ignorant.output)")

      let run = try await stage.etl(["run", "--format", "json"])
      #expect(run.code == 0)
      let nightly = try #require(try JSONDecoder.ours.decode([PrintedRun].self, from: Data(run.output.utf8)).first)
      #expect(nightly.plannedCalls == nightly.toFetch.values.reduce(0, +), "the list that was taken is priced again")
      let calls = stage.calls.count
      let text = try await stage.etl(command)
      #expect(text.code == 0)
      #expect(text.output.contains("5 backfill") && text.output.contains("5 proven empty"), "\(text.output)")
      #expect(text.output.contains("price:    5 calls"), "\(text.output)")
      #expect(text.output.contains("\(Days.today)"), "no date at which it will be done: \(text.output)")

      let verbose = try await stage.etl(command + ["--verbose"])
      #expect(
        verbose.output.contains("device 492: 5 calls, 0 days without a call")
          && verbose.output.contains("device 493: 0 calls, 5 days without a call"),
        "\(verbose.output)")

      let json = try await stage.etl(command + ["--format", "json"])
      let plan = try #require(try JSONDecoder.ours.decode([PrintedPlan].self, from: Data(json.output.utf8)).first)
      #expect(plan.account == "default")
      #expect(plan.askedDays == 10 && plan.plannedCalls == 5)
      #expect(plan.toFetch == ["backfill": 5] && plan.skipped == ["proven_empty": 5])
      #expect(plan.callsLeft == 10_000 - calls)
      #expect(plan.expectedEnd.hasPrefix("\(Days.today)"))
      // The list after one night shows what that night's day was like.
      #expect(plan.knownNights >= 1)
      #expect(plan.earliestEnd <= plan.expectedEnd && plan.expectedEnd <= plan.latestEnd)
      let tight = try await stage.etl(
        Days.backfill(from: 40, to: 2, "--dry-run"), with: ["FLEETIZE_DAILY_CALLS": "10"])
      #expect(
        tight.output.contains(
          #/done at:  \S+Z, \S+Z at the earliest, \S+Z at the latest, estimated from \d nights?; more exact once a week of nights is known/#
        ),
        "\(tight.output)")
      #expect(stage.calls.count == calls, "a dry run called")
      #expect(try await stage.rows("select from bi.data_coverage").count == 2, "a dry run wrote down its plan")

      // Afterwards the same figures are compared with what happened: nobody else called, so they are the same.
      let done = try await stage.etl(Days.backfill(from: 6, to: 2))
      let left = 10_000 - calls - 5
      #expect(
        done.output.contains(
          "left:     \(left) calls now, \(left) expected; for the next night \(left), \(left) expected"),
        "\(done.output)")
      // What the plan called proven empty is so afterwards, without a call; what it wanted to fetch was fetched.
      #expect(done.output.contains("no call:  5 proven empty"), "\(done.output)")
      let days = "day between '\(Days.ago(6))' and '\(Days.ago(2))'"
      #expect(
        try await stage.rows(
          "select device_id, state, count(*), count(fetched_at) from bi.data_coverage where \(days) group by 1, 2"
        ) == ["(492,final,5,5)", "(493,empty,5,0)"])
    }
  }

  @Test func `and all else that status says of an account is right`() async throws {
    try await withStage(
      [.delivery, .neverMoved],
      fault: { $0.day == Days.ago(4) ? .body(Array("ERROR #1234 - NO".utf8)) : nil }
    ) { stage in
      let fresh = try await status(of: stage)
      #expect(fresh.devices == 0 && fresh.deviceDays == [:] && fresh.callsUsed == 0 && fresh.lastRun == nil)

      #expect(try await stage.etl(Days.backfill(from: 4, to: 2)).code == 2)
      #expect(try await stage.etl(Days.backfill(from: 9, to: 8), with: ["FLEETIZE_DAILY_CALLS": "5"]).code == 75)
      let status = try await status(of: stage)
      #expect(status.account == "default" && status.devices == 2)
      #expect(status.deviceDays == ["final": 2, "failed": 1, "empty": 5, "pending": 2], "\(status.deviceDays)")
      #expect(status.oldestMissingDay == "\(Days.ago(9))")
      #expect(status.callsUsed == 4 && status.callsLeft == 9_996)
      #expect(status.blockedSince == nil)
      #expect(abs(try #require(status.nextCallAt).timeIntervalSinceNow) < 60)
      let run = try #require(status.lastRun)
      #expect(run.command == "backfill" && run.exitCode == 75 && run.calls == 0)
      #expect(run.startedAt <= (try #require(run.endedAt)))
      #expect(stage.calls.count == 4)

      let text = try await stage.etl(["status"]).output
      #expect(text.contains("final 2, empty 5, provisional 0, pending 2, failed 1"), "\(text)")
      #expect(text.contains("\(Days.ago(9))") && text.contains("9996 left") && text.contains("exit code 75"))
    }
  }

  private func status(of stage: Stage) async throws -> PrintedStatus {
    let outcome = try await stage.etl(["status", "--format", "json"])
    #expect(outcome.code == 0)
    return try #require(try JSONDecoder.ours.decode([PrintedStatus].self, from: Data(outcome.output.utf8)).first)
  }
}

/// What a consumer of `--dry-run --format json` reads.
private struct PrintedPlan: Decodable {
  var account: String
  var askedDays: Int
  var plannedCalls: Int
  var toFetch: [String: Int]
  var skipped: [String: Int]
  var callsLeft: Int
  var callsAvailable: Int
  var reserve: Int
  var expectedEnd: String
  var earliestEnd: String
  var latestEnd: String
  var knownNights: Int
}

/// What a consumer of `run --format json` reads.
private struct PrintedRun: Decodable {
  var plannedCalls: Int
  var toFetch: [String: Int]
}

/// What a consumer of `status --format json` reads.
private struct PrintedStatus: Decodable {
  var account: String
  var devices: Int
  var deviceDays: [String: Int]
  var oldestMissingDay: String?
  var callsUsed: Int
  var callsLeft: Int
  var nextCallAt: Date?
  var blockedSince: Date?
  var findings: [String: Int]
  var lastRun: LastRun?

  struct LastRun: Decodable {
    var command: String
    var startedAt: Date
    var endedAt: Date?
    var exitCode: Int?
    var calls: Int
  }
}

extension JSONDecoder {
  /// Names and times as the program writes them.
  static var ours: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }
}
