import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@Suite final class `A folder of payloads` {
  let path: String
  let now = Date(timeIntervalSince1970: 1_793_491_800)
  let storedDay =
    #"{"device":{"timestamp":1788307200,"device_id":112,"voltage":12.80},"routes":[{"origin_mileage":7}]}"#

  init() throws {
    path = NSTemporaryDirectory() + "payloads-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/device/112", withIntermediateDirectories: true)
    try write(
      #"[ {"device_id": 112, "device_name": "T\u00dc \"1\"", "online_timestamp": 1792702206}, {"device_id": 113} ]"#,
      to: "devicelist.json")
    try write(storedDay, to: "device/112/2026-09-02.json")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + file))
  }

  func ask(_ device: Int64, _ day: UTCDay?, scope: String? = nil) throws -> String {
    let simulator = Simulator(try PayloadFolder(path: path))
    return simulator.answer(.device(DeviceID(device), on: day, token: "fake", scope: scope), at: now).text
  }

  @Test func `serves the exact bytes of a day's file`() throws {
    #expect(try ask(112, UTCDay("2026-09-02")) == storedDay)
  }

  @Test func `serves a day without a file with the device and no routes`() throws {
    let empty = #"{"device":{"timestamp":1788393600,"device_id":112,"voltage":12.80},"routes":[]}"#
    #expect(try ask(112, UTCDay("2026-09-03")) == empty)
  }

  @Test func `serves a device without files from its list entry`() throws {
    #expect(try ask(113, UTCDay("2026-09-03")) == #"{"device":{"device_id":113,"timestamp":1788393600},"routes":[]}"#)
  }

  @Test func `serves the latest file if there is no time`() throws {
    #expect(try ask(112, nil) == storedDay)
  }

  @Test func `applies a scope`() throws {
    #expect(try ask(112, UTCDay("2026-09-02"), scope: "voltage") == #"{"device":{"voltage":12.80}}"#)
  }

  @Test func `lists its devices, and those with activity after a moment`() throws {
    let simulator = Simulator(try PayloadFolder(path: path))
    let all = simulator.answer(.deviceList(token: "fake"), at: now).text
    #expect(all.contains(#"{"device_id":112,"device_name":"T\u00dc \"1\"","online_timestamp":1792702206}"#))
    let after = Date(timeIntervalSince1970: 1_792_702_205)
    let active = simulator.answer(.deviceList(token: "fake", activityAfter: after), at: now).content
    guard case .list(let devices) = active else { return #expect(Bool(false)) }
    #expect(devices.map(\.id) == [DeviceID(112)])
  }

  @Test func `serves a file that is not JSON unchanged`() throws {
    let broken = #"{"device":{"device_id":112,,},"routes":[],}"#
    try write(broken, to: "device/112/2026-09-04.json")
    #expect(try ask(112, UTCDay("2026-09-04")) == broken)
  }

  @Test func `reports what is missing`() throws {
    #expect(throws: PayloadFolderError.unreadable("/nowhere/devicelist.json")) {
      try PayloadFolder(path: "/nowhere")
    }
    try write("{}", to: "devicelist.json")
    #expect(throws: PayloadFolderError.notAList(path + "/devicelist.json")) { try PayloadFolder(path: self.path) }
  }
}
