import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A simulated response` {
  let fleet = GeneratedFleet(seed: 1)
  let simulator = Simulator(GeneratedFleet(seed: 1))
  let now = Date(timeIntervalSince1970: 1_793_491_800)
  let commuter = DeviceID(492)

  func ask(_ action: Simulator.Call.Action, _ parameters: [String: String]) -> SimulatedResponse {
    simulator.answer(.init(action, parameters: parameters.merging(["apitoken": "fake"]) { $1 }), at: now)
  }

  @Test(arguments: [0, 1, 43_200, 86_399]) func `covers the whole UTC day of any second`(second: Int) throws {
    let start = Int(try instant("2026-10-28T00:00:00Z").timeIntervalSince1970)
    let response = try ask(.device, ["device": "492", "time": String(start + second)]).readDay()
    #expect(response.device.timestamp == start)
    #expect(response.routes.count == fleet.routes(of: commuter, departingOn: try day("2026-10-28")).count)
    #expect(!response.routes.isEmpty)
  }

  @Test(arguments: [nil, "", "0", "today"]) func `without a time covers the latest day with activity`(time: String?)
    throws
  {
    var parameters = ["device": "492"]
    parameters["time"] = time
    let response = try ask(.device, parameters).readDay()
    #expect(response.device.timestamp == Int(try instant("2026-10-30T00:00:00Z").timeIntervalSince1970))
    #expect(!response.routes.isEmpty)
  }

  @Test func `has the latest values of the device, whatever the asked day`() throws {
    let old = try ask(.device, ["device": "492", "time": "1767225600"]).readDay().device
    let new = try ask(.device, ["device": "492"]).readDay().device
    #expect(old.timestamp == 1_767_225_600)
    #expect(old.device_mileage == new.device_mileage)
    #expect(old.heartbeat_timestamp == new.heartbeat_timestamp)
  }

  @Test(arguments: [["device": "1"], ["device": "abc"], [:]]) func `refuses an unknown device`(
    parameters: [String: String]
  ) {
    #expect(ask(.device, parameters).content == .refused(.unknownDevice))
  }

  @Test func `keeps names with umlauts, quotes and slashes`() throws {
    let list = ask(.deviceList, [:])
    let names = try list.readList().map(\.device_name)
    #expect(names.contains("Lieferwagen \"Süd\" 101"))
    #expect(names.contains("Störung/Notdienst; Größe XL 3"))
    #expect(list.body.hasOnly { $0 < 0x80 })
    #expect(list.text.contains(#"St\u00f6rung\/Notdienst"#))
  }

  @Test func `has a raw-URL-encoded portrait and an IMEI with a valid check digit`() throws {
    let device = try ask(.device, ["device": "493"]).readDay().device
    #expect(device.device_portrait.hasPrefix("http%3A%2F%2Ftrack.fleetize.com%2F"))
    let digits = String(device.device_imei).compactMap(\.wholeNumberValue)
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
      let value = digit.element * (digit.offset % 2 == 0 ? 1 : 2)
      return sum + value / 10 + value % 10
    }
    #expect(digits.count == 15)
    #expect(sum % 10 == 0)
  }

  @Test func `to devicelist is restricted to the tags of a scope`() {
    let text = ask(.deviceList, ["scope": "device_id; device_mileage ;nonsense;"]).text
    #expect(text.hasPrefix(#"[{"device_id":492,"device_mileage":"#))
    #expect(!text.contains("device_name"))
  }

  @Test func `to device is restricted to the tags of a scope`() {
    let parameters = ["device": "492"]
    func text(_ scope: String) -> String { ask(.device, parameters.merging(["scope": scope]) { $1 }).text }
    #expect(text("device_id") == #"{"device":{"device_id":492}}"#)
    #expect(text("device_id;origin_mileage").contains(#""routes":[{"origin_mileage":"#))
    #expect(!text("routes").contains("device_id"))
    #expect(text("routes").contains("route_points"))
    #expect(text("").contains("device_voltage_external"))
  }

  @Test func `to devicelist omits vehicles without activity after a moment`() throws {
    let all = try ask(.deviceList, [:]).readList()
    let online = try #require(all.first?.online_timestamp)
    let later = try ask(.deviceList, ["activity_after": String(online)]).readList()
    #expect(later.map(\.device_id) == all.filter { ($0.online_timestamp ?? 0) > online }.map(\.device_id))
    let asOf = try ask(.deviceList, ["activity_after": String(online - 1)]).readList()
    #expect(asOf.contains { $0.device_id == 492 })
  }
}

@Suite struct `A device that cannot be heard from` {
  let device = DeviceID(492)

  @Test func `delivers its routes afterwards`() throws {
    let (from, until) = (try instant("2026-10-27T12:00:00Z"), try instant("2026-10-29T06:30:00Z"))
    let fleet = GeneratedFleet(seed: 1) { _ in [Outage(from: from, until: until)] }
    let simulator = Simulator(fleet)
    func routes(_ text: String, at now: Date) throws -> Int {
      try simulator.day(UTCDay(text), of: device, at: now).readDay().routes.count
    }
    let truth = fleet.routes(of: device, departingOn: try day("2026-10-27"))
    let morning = truth.filter { $0.arrivedAt <= from }.count
    #expect(0 < morning && morning < truth.count)
    let before = until.addingTimeInterval(-1)
    #expect(try routes("2026-10-27", at: before) == morning)
    #expect(try routes("2026-10-28", at: before) == 0)
    #expect(try routes("2026-10-27", at: until) == truth.count)
    #expect(try routes("2026-10-28", at: until) > 0)
  }

  @Test func `loses its routes if it is unplugged, but not their kilometres`() throws {
    let (from, until) = (try instant("2026-10-27T12:00:00Z"), try instant("2026-10-29T06:30:00Z"))
    let fleet = GeneratedFleet(seed: 1) { _ in [Outage(from: from, until: until, isUnplugged: true)] }
    let simulator = Simulator(fleet)
    let now = try instant("2026-11-02T00:10:00Z")
    let days = try (27...31).map { try day("2026-10-\($0)") }
    let truth = days.flatMap { fleet.routes(of: device, departingOn: $0) }
    let told = try days.flatMap { try simulator.day($0, of: device, at: now).readDay().routes }
    let kept = truth.filter { $0.arrivedAt <= from || $0.departedAt >= until }
    #expect(0 < kept.count && kept.count < truth.count)
    #expect(told.map(\.origin_mileage) == kept.map(\.originKm))
    #expect(zip(told, told.dropFirst()).contains { $0.destination_mileage < $1.origin_mileage })
  }

  @Test func `has its last heartbeat before the outage, and an error`() throws {
    let from = try instant("2026-10-27T12:00:00Z")
    let simulator = Simulator(GeneratedFleet(seed: 1) { _ in [Outage(from: from, until: nil)] })
    let state = try simulator.day(nil, of: device, at: try instant("2026-11-20T00:10:00Z")).readDay().device
    #expect(state.heartbeat_timestamp == Int(from.timeIntervalSince1970))
    #expect(state.error_code == 3)
  }

  @Test func `stays silent during adjacent outages`() throws {
    let hours = try (10...13).map { try instant("2026-10-27T\($0):00:00Z") }
    let outages = [Outage(from: hours[0], until: hours[1]), Outage(from: hours[1], until: hours[2])]
    let simulator = Simulator(GeneratedFleet(seed: 1) { _ in outages })
    let heartbeats = try [11, 12].map { hour in
      let now = try instant("2026-10-27T\(hour):00:30Z")
      return try simulator.day(nil, of: DeviceID(499), at: now).readDay().device.heartbeat_timestamp
    }
    #expect(heartbeats == [hours[0], hours[2]].map { Int($0.timeIntervalSince1970) })
  }
}

@Suite struct `A simulated year of nights` {
  @Test(.timeLimit(.minutes(5))) func `takes much less than a night`() throws {
    let fleet = GeneratedFleet(seed: 5, kinds: GeneratedFleet.mixture(of: 40))
    let simulator = Simulator(fleet)
    let first = try day("2026-01-01")
    for night in 0..<365 {
      let day = first.advanced(by: night)
      let now = day.end.addingTimeInterval(300)
      _ = simulator.list(at: now)
      for device in fleet.devices(at: now) { _ = simulator.day(day, of: device, at: now) }
    }
    #expect(simulator.log.calls.count == 365 * 41)
  }
}
