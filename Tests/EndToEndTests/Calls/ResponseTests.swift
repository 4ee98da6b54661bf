import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Responses of the vendor and what becomes of them.
@Suite struct `A response` {
  @Test func `as the vendor's document prints it is loaded`() async throws {
    let list = try sample("devicelist-sample.json")
    let day = try sample("device-sample.json")
    try await withStage(fault: { .body($0.action == .device ? day : list) }) { stage in
      let command = ["backfill", "--from", "2015-04-08", "--to", "2015-04-08", "--device", "492"]
      let outcome = try await stage.etl(command)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let devices = try await stage.rows("select device_id, imei, type, name, description, mileage_km from bi.device")
      // The list has the IMEI and the type, the day the rest; neither blanks the other.
      #expect(
        devices == [
          #"(492,359183064907632,CAR,"My vehicle","BMW E46 M3 Coupe",277910.000)"#, "(493,349133054916622,CAR,,,)",
        ])
      #expect(
        try await stage.rows(
          """
          select device_name, extract(epoch from departed_at)::int, extract(epoch from arrived_at)::int, distance_km::float8,
                 origin_latitude, origin_longitude, destination_latitude, destination_longitude, point_count
          from bi.logbook
          """) == [#"("My vehicle",1428498484,1428503164,27,48.87917,9.19194,48.82556,9.33111,2)"#])
      #expect(
        try await stage.rows("select seq, latitude, longitude, speed_kmh::float8 from bi.route_point") == [
          "(1,48.82556,9.33111,0)", "(2,48.82556,9.33111,0)",
        ])
      let findings = try await stage.rows("select distinct rule from bi.finding")
      #expect(Set(findings).isSuperset(of: ["(doubled_comma)", "(trailing_comma)", "(point_garbled)"]), "\(findings)")
    }
  }

  /// Unusable responses, each with the rule that reports it.
  static let unusable: [(fault: Simulator.Fault, rule: String)] = [
    (.otherDay(offset: 1), "response_wrong_day"), (.otherDevice(DeviceID(493)), "response_wrong_device"),
    (.page(status: 502), "http_status"), (.empty, "response_empty"), (.cut(afterBytes: 200), "response_truncated"),
    (.chunkedCut(afterBytes: 200), "response_truncated"), (.otherShape, "response_wrong_shape"),
    (.body(Array("<html>maintenance</html>".utf8)), "response_not_json"),
  ]

  @Test(arguments: unusable.indices)
  func `that cannot be used is tried three times, never changes the tables and is reported`(index: Int) async throws {
    let (fault, rule) = Self.unusable[index]
    let bad = DeviceDayID(device: DeviceID(492), day: Days.ago(3))
    let isBad = Switch()
    try await withStage(
      fault: { isBad.isOn && $0.device == bad.device && $0.day == bad.day ? fault : nil }
    ) { stage in
      // First with good responses, so that there are rows which could be harmed.
      let command = Days.backfill(from: 4, to: 2)
      #expect(try await stage.etl(command).code == 0)
      let tables = try await stage.tables()
      let calls = stage.calls.count
      isBad.turnOn()
      let failed = try await stage.etl(command + ["--refetch"])
      #expect(failed.code == 2, "\(failed.errors)")
      #expect(failed.errors.contains("device 492, \(bad.day)"))
      #expect(stage.askedDays.dropFirst(calls - 1).count { $0 == bad } == 3)
      #expect(stage.calls.count - calls == 5 + 3)
      #expect(try await stage.tables() == tables)
      let findings = try await stage.rows("select device_id, day, rule, severity from bi.finding")
      #expect(
        findings.filter { $0.hasSuffix(",error)") }
          == Array(repeating: "(492,\(bad.day),\(rule),error)", count: 3), "\(findings)")
    }
  }

  @Test func `that cannot be used leaves its day failed until a later run brings a better one`() async throws {
    let isBad = Switch()
    isBad.turnOn()
    try await withStage([.delivery], fault: { isBad.isOn && $0.action == .device ? .empty : nil }) { stage in
      let command = Days.backfill(from: 3, to: 2)
      let failed = try await stage.etl(command)
      #expect(failed.code == 2)
      #expect(stage.askedDays.count == 6)
      #expect(try await stage.rows("select state from bi.data_coverage") == ["(failed)", "(failed)"])
      #expect(try await stage.rows("table bi.logbook") == [])

      isBad.turnOff()
      #expect(try await stage.etl(command).code == 0)
      #expect(stage.askedDays.count == 8)
      #expect(try await stage.rows("select state from bi.data_coverage") == ["(final)", "(final)"])
      #expect(try await !stage.rows("table bi.logbook").isEmpty)
    }
  }

  private func sample(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: Repository.folder.appending(path: "Tests/FleetizeAPITests/Fixtures/\(name)")))
  }
}
