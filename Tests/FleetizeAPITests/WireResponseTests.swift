import FleetizeAPI
import Testing

@Suite struct `A response on the wire` {
  private func response(_ body: String, contentType: String? = nil) throws -> WireResponse {
    try WireResponse(reading: Array(body.utf8), contentType: contentType)
  }

  private func kinds(_ tolerances: [Tolerance]) -> [Tolerance.Kind: Int] {
    Dictionary(uniqueKeysWithValues: tolerances.map { ($0.kind, $0.count) })
  }

  @Test func `can be the vendor's sample of a device list`() throws {
    let list = try WireResponse(reading: Fixture.bytes("devicelist-sample.json"), contentType: nil).deviceList()
    #expect(list.devices.entries.map(\.deviceID) == [.scalar("492"), .scalar("493")])
    #expect(list.devices.entries[0].deviceIMEI == .scalar("359183064907632"))
    #expect(list.devices.entries[0].errorText == .absent)
    #expect(list.devices.entries.allSatisfy { $0.unknownTags.isEmpty })
    #expect(kinds(list.tolerances) == [.noBreakSpace: 65, .doubledComma: 1, .trailingComma: 2])
  }

  @Test func `can be the vendor's sample of a day`() throws {
    let day = try WireResponse(reading: Fixture.bytes("device-sample.json"), contentType: nil).day()
    #expect(day.device.deviceID == .scalar("492"))
    #expect(day.device.timestamp == .absent)
    #expect(day.routes.entries.map(\.originTimestamp) == [.scalar("1428498484")])
    let points = "48.82556,9.33111,0;48.82556,9.33111,0;..."
    #expect(day.routes.entries[0].routePoints == .text(Array(points.utf8)[...]))
  }

  @Test func `has a property for every tag of the document`() throws {
    let device = [
      "timestamp", "device_id", "device_imei", "device_type", "device_name", "device_description", "device_mileage",
      "device_mileage_raw", "device_distance", "device_portrait", "device_speed", "device_upm", "device_temp_engine",
      "device_voltage_external", "device_voltage_internal", "device_angle", "online_timestamp", "heartbeat_timestamp",
      "error_code", "error_code_time", "error_text", "status_text", "status_code", "status_absence",
      "status_description", "location",
    ]
    let route = [
      "route_points", "origin_timestamp", "origin_mileage", "origin_location", "destination_timestamp",
      "destination_mileage", "destination_location", "average_speed", "average_speed_distance", "pause_duration",
    ]
    let pause = ["grouped", "type", "start_timestamp", "end_timestamp", "mileage", "location"]
    func members(_ tags: [String]) -> String { tags.map { #""\#($0)":"<\#($0)>""# }.joined(separator: ",") }
    let day = try response(
      """
      {"device":{\(members(device))},"routes":[{\(members(route)),"route_pause":[{\(members(pause))}]}]}
      """
    ).day()
    let pauseNode = day.routes.entries[0].routePause.entries[0]
    for (node, tags) in [
      (Mirror(reflecting: day.device), device), (Mirror(reflecting: day.routes.entries[0]), route),
      (Mirror(reflecting: pauseNode), pause),
    ] {
      let sent = node.children.compactMap { child in
        switch child.value {
        case WireValue.scalar(let text) as WireValue: text
        case WirePoints.text(let bytes) as WirePoints: String(decoding: bytes, as: UTF8.self)
        default: nil
        }
      }
      #expect(Set(sent) == Set(tags.map { "<\($0)>" }))
    }
    #expect(day.device.unknownTags + day.routes.entries[0].unknownTags + pauseNode.unknownTags == [])
  }

  @Test func `can express an absent value in four ways`() throws {
    let device = try response(
      #"[{"device_id":1,"device_type":null,"device_name":"","device_description":false,"status_text":"\u0000"}]"#
    ).deviceList().devices.entries[0]
    #expect(
      [device.deviceType, device.deviceName, device.deviceDescription, device.statusText, device.location]
        .allSatisfy { $0 == .absent })
  }

  @Test func `keeps a number in place of a text as sent`() throws {
    let device = try response(#"[{"device_id":"1","device_name":4711.50,"device_type":true}]"#).deviceList().devices
      .entries[0]
    #expect(device.deviceName == .scalar("4711.50"))
    #expect(device.deviceType == .scalar("true"))
  }

  @Test func `is read in its declared character set`() throws {
    let body = Array(#"[{"device_id":1,"device_name":"M"#.utf8) + [0xFC, 0x80] + Array(#"r"}]"#.utf8)
    for charset in ["ISO-8859-1", "\"iso-8859-1\"", "windows-1252"] {
      let list = try WireResponse(reading: body, contentType: "application/json; Charset=\(charset)").deviceList()
      #expect(list.devices.entries[0].deviceName == .scalar("Mü€r"))
      #expect(list.tolerances == [])
    }
    let undeclared = try WireResponse(reading: body, contentType: "application/json; charset=utf-8").deviceList()
    #expect(undeclared.devices.entries[0].deviceName == .scalar("Mü€r"))
    #expect(kinds(undeclared.tolerances) == [.textNotUTF8: 2])
  }

  @Test func `is read as UTF-8 if the declared character set is unknown or there is a byte order mark`() throws {
    let unknown = try response(#"[{"device_id":1,"device_name":"ü"}]"#, contentType: "text/html; charset=koi8-r")
      .deviceList()
    #expect(unknown.devices.entries[0].deviceName == .scalar("ü"))
    #expect(unknown.tolerances.map(\.kind) == [.unknownCharset])
    #expect(unknown.tolerances.map(\.sample) == ["koi8-r"])
    let marked = try response("\u{FEFF}" + #"[{"device_id":1,"device_name":"ü"}]"#, contentType: "a/b;charset=latin1")
      .deviceList()
    #expect(marked.devices.entries[0].deviceName == .scalar("ü"))
  }

  @Test func `may use PHP's shapes for lists and objects`() throws {
    let numbered = try response(#"{"0":{"device_id":1},"2":{"device_id":2}}"#).deviceList()
    #expect(numbered.devices.entries.count == 2)
    #expect(kinds(numbered.tolerances) == [.objectForList: 1])
    let lone = try response(#"{"device_id":1}"#).deviceList()
    #expect(lone.devices.entries.count == 1)
    #expect(kinds(lone.tolerances) == [.loneObject: 1])
    let day = try response(
      #"[{"device":[{"device_id":1}],"routes":{"1":{"origin_timestamp":1,"route_pause":{"type":1}}}}]"#
    ).day()
    #expect(day.device.deviceID == .scalar("1"))
    #expect(day.routes.entries.map(\.routePause.entries.count) == [1])
    #expect(kinds(day.tolerances) == [.listForObject: 2, .objectForList: 1, .loneObject: 1])
    for (nothing, isList) in [("[]", true), ("{}", true), ("null", false), ("false", false), (#""""#, false)] {
      let day = try response(#"{"device":{"device_id":1},"routes":\#(nothing)}"#).day()
      #expect(day.routes.entries.isEmpty)
      #expect(day.hasRoutesList == isList)
    }
    #expect(try !response(#"{"device":{"device_id":1}}"#).day().hasRoutesList)
  }

  @Test(arguments: [
    "[]", "{}", "null", "5", #""text""#, #"{"routes":[]}"#, #"{"device":null,"routes":[]}"#,
    #"{"device":{},"routes":[]}"#,
    #"{"device":[],"routes":[]}"#, #"{"device":5,"routes":[]}"#,
    #"{"device":[{"device_id":1},{"device_id":2}],"routes":[]}"#,
    #"{"device":{"device_id":1},"routes":"none"}"#,
    #"{"device":{"device_id":1},"routes":[5]}"#, #"{"device":{"device_id":1},"routes":{"status":"none"}}"#,
    #"[{"device_id":1}]"#,
  ]) func `is not a day in any other shape`(body: String) throws {
    let response = try response(body)
    let fault = #expect(throws: Fault.self) { try response.day() }
    #expect(fault?.code == "response_wrong_shape")
  }

  @Test(arguments: ["null", "5", #"{"device":{"device_id":1},"routes":[]}"#, #"{"devices":[]}"#])
  func `is not a device list in any other shape`(body: String) throws {
    let response = try response(body)
    let fault = #expect(throws: Fault.self) { try response.deviceList() }
    #expect(fault?.code == "response_wrong_shape")
  }
}
