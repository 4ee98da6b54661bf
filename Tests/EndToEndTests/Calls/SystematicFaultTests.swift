import FleetModel
import FleetizeSimulator
import FoundationEssentials
import Testing

/// An API that does not answer as its document says costs a few calls, not the quota.
@Suite struct `An API that has changed` {
  private static let kinds = Array(repeating: VehicleKind.delivery, count: 4)
  private static let command = Days.backfill(from: 4, to: 2)
  private let run = "select exit_code, reason from bi.run order by run desc limit 1"

  @Test func `ends the run after five calls with 76, and later runs after one, until it is right again`() async throws {
    let broken = Switch()
    broken.turnOn()
    try await withStage(
      Self.kinds, fault: { $0.action == .device && broken.isOn ? .otherShape : nil }
    ) { stage in
      let first = try await stage.etl(Self.command)
      #expect(first.code == 76, "\(first)")
      #expect(stage.calls.count == 1 + 5)
      // The form of the response, not what it says.
      #expect(first.errors.contains(#"{"status":"…","result":{"items":[],"count":0}}"#), "\(first.errors)")
      #expect(try await stage.rows(run) == ["(76,protocol)"])
      let status = try await stage.etl(["status", "--format", "json"])
      #expect(status.output.contains(#""reason" : "protocol""#) && status.output.contains("…"), "\(status.output)")
      let visit = try await stage.visit()
      #expect(visit.verdicts["protocol"] == "problem" && visit.finding("protocol").contains("…"), "\(visit.text)")

      let canary = try await stage.etl(Self.command)
      #expect(canary.code == 76)
      #expect(stage.calls.count == 6 + 1, "the list is younger than an hour")
      let nightly = try await stage.etl(["run"])
      // Its day is backing off, so nothing is due.
      #expect(nightly.code == 0, "\(nightly)")
      #expect(stage.calls.count <= 7 + 2)

      broken.turnOff()
      #expect(try await stage.etl(Self.command).code == 0)
      #expect(try await stage.visit().verdicts["protocol"] == "ok")
      #expect(try await stage.rows("select from bi.data_coverage where state in ('failed', 'pending')").isEmpty)
    }
  }

  @Test func `ends the run at the second unknown vendor error`() async throws {
    try await withStage(Self.kinds, fault: { $0.number > 3 ? .response(.vendorError(1_060)) : nil }) { stage in
      let outcome = try await stage.etl(Self.command)
      #expect(outcome.code == 76 && outcome.errors.contains("vendor error 1060"), "\(outcome)")
      #expect(stage.calls.count == 3 + 2)
    }
  }

  @Test(arguments: [401, 402, 403, 404]) func `that forbids the device list is asked once`(status: Int) async throws {
    try await withStage([.delivery], fault: { _ in .page(status: status) }) { stage in
      let outcome = try await stage.etl(["run"])
      #expect(outcome.code == 76 && outcome.errors.contains("HTTP status \(status)"), "\(outcome)")
      #expect(stage.calls.count == 1)
    }
  }

  @Test func `is not one poisoned vehicle`() async throws {
    try await withStage(fault: { $0.device == DeviceID(492) ? .otherShape : nil }) { stage in
      let outcome = try await stage.etl(Days.backfill(from: 8, to: 2))
      #expect(outcome.code == 2, "\(outcome)")
      let open = "select distinct device_id from bi.data_coverage where state in ('failed', 'pending')"
      #expect(try await stage.rows(open) == ["(492)"])
      #expect(try await stage.rows(run) == ["(2,)"])
    }
  }

  @Test func `is waited for as it asks, within reason`() async throws {
    try await withStage([.delivery], fault: { $0.number == 2 ? .page(status: 503, retryAfter: "2") : nil }) { stage in
      let start = ContinuousClock.now
      try await stage.succeed(Self.command)
      #expect(ContinuousClock.now - start >= .seconds(2))
    }
    try await withStage(
      [.delivery], fault: { $0.number == 2 ? .page(status: 503, retryAfter: "86400") : nil }
    ) { stage in
      let outcome = try await stage.etl(Self.command)
      #expect(outcome.code == 69 && outcome.errors.contains("no call before"), "\(outcome)")
      #expect(stage.calls.count == 2)
      #expect(try await stage.rows(run) == ["(69,unavailable)"])
    }
  }
}

extension SimulatedResponse {
  fileprivate static func vendorError(_ number: Int) -> SimulatedResponse {
    SimulatedResponse { Array("ERROR #\(number) - DAILY LIMIT EXCEEDED".utf8) }
  }
}
