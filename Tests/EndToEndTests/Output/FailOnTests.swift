import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import Testing

/// Findings that somebody takes for failures.
@Suite struct `A strict run` {
  /// A day whose odometer falls, at a vehicle with a tag that the document does not have.
  private static func body(_ call: Simulator.Call) -> [UInt8] {
    let midnight = Int(call.day?.start.timeIntervalSince1970 ?? 0)
    let route = #""origin_timestamp":\#(midnight + 60),"origin_mileage":150,"destination_timestamp":\#(midnight + 600)"#
    return Array(
      #"""
      {"device":{"timestamp":\#(midnight),"device_id":\#(call.device?.value ?? 0),"device_fuel":1},
      "routes":[{\#(route),"destination_mileage":149}]}
      """#.utf8)
  }

  private struct Report: Decodable {
    struct Done: Decodable {
      var exit_code: Int
      var failing_findings: [FailingFinding]?
    }
    struct FailingFinding: Decodable, Equatable {
      var device_id: Int?
      var day: String?
      var rule: String
      var severity: String
      var occurrences: Int
    }
    var done: Done
  }

  @Test func `ends with 2 and names the findings of its own days, after all the work`() async throws {
    let odd = Days.ago(3)
    try await withStage([.delivery], fault: { $0.day == odd ? .body(Self.body($0)) : nil }) { stage in
      let strict = try await stage.etl(
        Days.backfill(from: 3, to: 2, "--format", "json", "--fail-on", "odometer_falls", "--fail-on", "token_refused"))
      #expect(strict.code == 2, "\(strict.errors)")
      let sentence = "The odometer decreases within a route or between two routes. (150.000 km, then 149.000 km)"
      #expect(strict.errors.contains("finding: account default, device 492, \(odd): odometer_falls: \(sentence)\n"))
      #expect(strict.errors.count(of: "finding: ") == 1)
      let report = try #require(try JSONDecoder().decode([Report].self, from: Data(strict.output.utf8)).first)
      #expect(report.done.exit_code == 2)
      #expect(
        report.done.failing_findings == [
          .init(device_id: 492, day: "\(odd)", rule: "odometer_falls", severity: "warning", occurrences: 1)
        ])
      #expect(try await stage.rows("select state from bi.data_coverage") == ["(final)", "(final)"])
      #expect(try await stage.rows("select exit_code from bi.run") == ["(2)"])

      // The findings are there still, but not of what this run did.
      let next = try await stage.etl(Days.backfill(from: 4, to: 2, "--fail-on", "odometer_falls"))
      #expect(next.code == 0, "\(next.errors)")
      let same = try await stage.etl(Days.backfill(from: 3, to: 3, "--refetch", "--fail-on", "warning"))
      #expect(same.code == 2)
      #expect(same.output.contains("findings: odometer_falls, named with --fail-on"))
      let worse = try await stage.etl(Days.backfill(from: 3, to: 3, "--refetch", "--fail-on", "error"))
      #expect(worse.code == 0, "\(worse.errors)")
      let milder = try await stage.etl(Days.backfill(from: 3, to: 3, "--refetch", "--fail-on", "info"))
      #expect(milder.errors.contains("device 492, \(odd): unknown_tag: device_fuel:"))

      // A response that an earlier run had archived, and was killed before it could load it.
      _ = try await Program.tool(
        "psql",
        [
          stage.databaseURL, "-c",
          """
          insert into etl.unloaded_response select response_key, day, account_key from etl.response where day = '\(odd)' limit 1
          """,
        ])
      let recovering = try await stage.etl(Days.backfill(from: 2, to: 2, "--fail-on", "odometer_falls"))
      #expect(recovering.code == 2, "\(recovering.errors)")
    }
  }

  @Test func `takes a response that did not count for a finding, and a device list's`() async throws {
    let list = #"[{"device_id":492,"device_name":"A","status_code":9},17]"#
    try await withStage(
      [.delivery], fault: { $0.action == .device ? .otherShape : .body(Array(list.utf8)) }
    ) { stage in
      let outcome = try await stage.etl(Days.backfill(from: 2, to: 2, "--fail-on", "info"))
      #expect(outcome.code == 2)
      for finding in [
        "device 492, \(Days.ago(2)): response_wrong_shape x3:", "device list: device_unusable:",
        "device 492: unknown_status_code:",
      ] { #expect(outcome.errors.contains("finding: account default, \(finding)"), "\(finding) in \(outcome.errors)") }
    }
  }

  @Test func `takes a device list that went back in time for a finding, of the run that got it`() async throws {
    let latest = Int(Days.today.start.timeIntervalSince1970)
    let heartbeat = Mutex(latest)
    try await withStage(
      [.delivery],
      fault: { call in
        guard call.action == .deviceList else { return nil }
        return .body(Array(#"[{"device_id":492,"heartbeat_timestamp":\#(heartbeat.withLock(\.self))}]"#.utf8))
      }
    ) { stage in
      let strict = ["run", "--fail-on", "reading_older"]
      #expect(try await stage.etl(strict).code == 0)
      heartbeat.withLock { $0 -= 3_600 }
      let older = try await stage.etl(strict)
      #expect(older.code == 2)
      #expect(older.errors.contains("device 492: reading_older: A device list gives"), "\(older.errors)")
      #expect(older.errors.contains("(\(latest - 3_600))"))
      heartbeat.withLock { $0 += 7_200 }
      #expect(try await stage.etl(strict).code == 0)
    }
  }

  @Test func `does not take a finding that does not exist`() async throws {
    let outcome = try await Program.run(["run", "--fail-on", "odometer_fell"], [:])
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(#"there is no finding "odometer_fell""#))
    for name in ["odometer_fell", "did you mean \"odometer_falls\"?", "docs/data-quality.md", "Usage:"] {
      #expect(outcome.errors.contains(name), "\(outcome.errors)")
    }
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { ranges(of: part).count }
}
