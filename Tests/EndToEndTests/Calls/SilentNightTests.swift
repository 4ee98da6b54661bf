import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// A fleet that falls silent as a whole, which may be the API's fault.
@Suite struct `A night in which no device can be judged` {
  /// Vehicles whose clocks are three days ahead: such a heartbeat proves nothing.
  private static let list: String = {
    let heartbeat = Int(Date().timeIntervalSince1970) + 3 * 86_400
    let online = Int(Days.ago(9).start.timeIntervalSince1970)
    let devices = [492, 493].map {
      #"{"device_id":\#($0),"online_timestamp":\#(online),"heartbeat_timestamp":\#(heartbeat)}"#
    }
    return "[\(devices.joined(separator: ","))]"
  }()

  @Test func `is not a quiet one: the second in a row exits 2 and says so, until one can be judged`() async throws {
    let isAwake = Switch()
    try await withStage(
      fault: { !isAwake.isOn && $0.action == .deviceList ? .body(Array(Self.list.utf8)) : nil }
    ) { stage in
      #expect(try await stage.etl(["run"]).code == 0)
      #expect(try await stage.visit().verdicts["vehicles"] == "ok")

      // As if that had been the night before.
      try await stage.execute("update etl.night set day = day - 1")
      let second = try await stage.etl(["run", "--format", "json"])
      #expect(second.code == 2, "\(second)")
      #expect(second.output.contains(#""reason" : "nobody_judged""#), "\(second.output)")
      #expect(
        second.errors.contains("no device in the device list has been heard from since the end of \(Days.ago(2))"))
      #expect(
        try await stage.rows("select exit_code, reason from bi.run order by started_at")
          == ["(0,)", "(2,nobody_judged)"])
      #expect(try await stage.etl(["status"]).output.contains("exit code 2 (nobody_judged)"))
      let visit = try await stage.visit()
      #expect(visit.verdicts["vehicles"] == "problem", "\(visit.text)")

      isAwake.turnOn()
      #expect(try await stage.etl(["run"]).code == 0)
      #expect(try await stage.visit().verdicts["vehicles"] == "ok")
    }
  }
}
