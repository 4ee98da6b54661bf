import FleetModel
import FleetizeAPI
import TestSupport
import Testing
import Transform

@Suite struct `A device list` {
  @Test func `keeps the usable entries and reports the others`() throws {
    let list = try #require(
      Sample.list(
        #"[{"device_id":1},{"device_name":"lost"},{"device_id":"x"},{"device_id":0},null,7,{"device_id":"2"}]"#))
    #expect(list.readings.map(\.device.value) == [1, 2])
    #expect(
      list.findings.summary
        == ["device_unusable x2", "device_without_id x3", "number_garbled", "number_out_of_range"])
    #expect(list.findings.first { $0.rule == "device_without_id" }?.sample == #"{"device_name":"lost"}"#)
    #expect(list.findings.hasOnly { $0.device == nil && $0.day == nil })
  }

  @Test func `uses the last of several entries for a device`() throws {
    let list = try #require(
      Sample.list(#"[{"device_id":1,"device_name":"a"},{"device_id":2},{"device_id":"1","device_name":"b"}]"#))
    #expect(list.readings.map(\.device.value) == [2, 1])
    #expect(list.readings[1].name == "b")
    #expect(list.findings.summary == ["duplicate_device"])
    #expect(list.findings[0].device == DeviceID(1))
  }

  @Test func `has one finding per unknown tag, and one per device for other rules`() throws {
    let list = try #require(
      Sample.list(
        #"[{"device_id":1,"fuel":1,"status_code":8},{"device_id":2,"fuel":2,"status_code":8,"location":"0,0"}]"#))
    #expect(
      list.findings.summary == ["location_zero", "unknown_status_code", "unknown_status_code", "unknown_tag x2"])
    #expect(list.findings.first { $0.rule == "unknown_tag" }?.device == nil)
    #expect(list.findings.first { $0.rule == "location_zero" }?.device == DeviceID(2))
  }

  @Test(arguments: ["[null]", #"[{"device_name":"a"}]"#, #"[{"device_id":"x"}]"#, "[[]]", #"{"a":1}"#, "1"])
  func `without a valid device is rejected`(body: String) {
    guard case .rejected(let fault, let findings) = interpret(Sample.response(Array(body.utf8), to: .deviceList)) else {
      return #expect(Bool(false), "accepted")
    }
    #expect(fault.code == "response_wrong_shape")
    #expect(findings.map(\.rule) == ["response_wrong_shape"])
    #expect(findings[0].device == nil)
  }

  @Test(arguments: ["[]", "{}"]) func `that is empty is rejected for this reason`(body: String) {
    guard case .rejected(let fault, _) = interpret(Sample.response(Array(body.utf8), to: .deviceList)) else {
      return #expect(Bool(false), "accepted")
    }
    #expect(fault == .emptyList)
  }

  @Test func `may be an object with numbers for names, or a single device`() throws {
    #expect(try #require(Sample.list(#"{"3":{"device_id":1},"7":{"device_id":2}}"#)).readings.count == 2)
    #expect(try #require(Sample.list(#"{"device_id":1}"#)).readings.count == 1)
  }
}
