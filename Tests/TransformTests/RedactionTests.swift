import FleetModel
import FleetizeAPI
import Foundation
import TestSupport
import Testing
import Transform

@Suite struct `Redacting a response` {
  private static let device = DeviceID(492)
  private static let erased = UTCDay("2026-10-05") ?? UTCDay(number: 0)
  private static let erasures = Erasures([
    Erasure(device: device, days: erased...erased, erasedAt: erased.end.addingTimeInterval(864_000))
  ])
  /// 2026-10-05T22:00:00Z, and two hours into the next day.
  private static let lateEvening = 1_791_237_600
  private static let nextNight = 1_791_252_000

  @Test func `does not change responses that were requested earlier or concern other devices or days`() {
    let body = """
      {"device":{"timestamp":1791244800,"device_id":492,"heartbeat_timestamp":1791280000},
       "routes":[{"origin_timestamp":1791252000,"route_points":"1,2,3"}],,}
      """
    #expect(redaction(of: Self.day(Self.erased.next, body), erasing: Self.erasures) == .clean)
    let others = body.replacing("492", with: "493")
    #expect(redaction(of: Self.day(Self.erased, others, of: DeviceID(493)), erasing: Self.erasures) == .clean)
    let early = Self.day(Self.erased.previous.previous, body, at: Self.erased.previous.start.addingTimeInterval(-60))
    #expect(redaction(of: early, erasing: Self.erasures) == .clean)
  }

  @Test func `deletes responses for an erased day, and those that cannot be shown to be free of erased data`() {
    #expect(redaction(of: Self.day(Self.erased, "{}"), erasing: Self.erasures) == .delete)
    for body in [#"{"device":{"device_id":492},"routes":[{"origin_tim"#, "<html>48.1,9.1</html>", #"{"a":1}"#] {
      #expect(redaction(of: Self.day(Self.erased.next, body), erasing: Self.erasures) == .delete, "\(body)")
    }
    for body in ["", "ERROR #1055 - QUERY-THRESHOLD EXCEEDED"] {
      #expect(redaction(of: Self.day(Self.erased.next, body), erasing: Self.erasures) == .clean, "\(body)")
    }
    // Asked for another device, answered with the erased one's data.
    let foreign = #"{"device":{"device_id":492,"timestamp":1791244800},"routes":[]}"#
    #expect(redaction(of: Self.day(Self.erased.next, foreign, of: DeviceID(77)), erasing: Self.erasures) == .delete)
  }

  @Test(arguments: [
    // As documented; as PHP writes a list with gaps; the root in a list; a tag twice; elements that are not routes.
    #"{"device":{DEVICE},"routes":[{ERASED},{KEPT}]}"#,
    #"{"device":{DEVICE},"routes":{"0":{ERASED},"2":{KEPT}},}"#,
    #"[{"device":[{DEVICE}],"routes":[{KEPT},,{ERASED},],}]"#,
    #"{"routes":[{ERASED}],"device":{DEVICE},"routes":[{KEPT}]}"#,
    #"{"device":{DEVICE},"routes":[{"origin_timestamp":"soon","origin_location":"48.11111,9.11111"},"48.11111",{KEPT}]}"#,
  ]) func `removes routes that depart on an erased day or at an unknown time`(shape: String) throws {
    let body =
      shape
      .replacing(
        "DEVICE",
        with:
          #""timestamp":1791244800,"device_id":492,"device_name":"Jürgen \"1\"","location":"48.5,9.5","heartbeat_timestamp":1791290000"#
      )
      .replacing(
        "ERASED",
        with:
          #""origin_timestamp":"\#(Self.lateEvening)","origin_location":"48.11111,9.11111","route_points":"48.11111,9.11111,7""#
      )
      .replacing(
        "KEPT",
        with:
          #""origin_timestamp":"\#(Self.nextNight)","route_points":"48.2,9.2,1;48.3,9.3,2","x":[1.50,-0,true,null,"\u00e4\/"]"#
      )
    let response = Self.day(Self.erased.next, body)
    guard case .body(let bytes) = redaction(of: response, erasing: Self.erasures) else {
      Issue.record("not redacted")
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("48.11111"))
    #expect(bytes.hasOnly { (0x20..<0x7F).contains($0) })
    _ = try JSONSerialization.jsonObject(with: Data(bytes))
    let redacted = Self.day(Self.erased.next, text)
    guard case .day(let before) = interpret(response), case .day(let after) = interpret(redacted) else {
      Issue.record("no longer a usable response: \(text)")
      return
    }
    #expect(after.routes == before.routes.filter { $0.day != Self.erased })
    #expect(after.routes.map(\.points.count) == [2])
    #expect(after.reading == before.reading)
    #expect(redaction(of: redacted, erasing: Self.erasures) == .clean)
  }

  @Test func `removes nodes other than device and routes, which may contain data of any day`() {
    let node = #"{"timestamp":1791244800,"device_id":492,"heartbeat_timestamp":1791290000,"new_tag":1}"#
    let routes = #"[{"origin_timestamp":\#(Self.nextNight),"new_tag":2}]"#
    let clean = #"{"device":\#(node),"routes":\#(routes)}"#
    let summaries = [#""summary":[{"day":"2026-10-05","km":48}]"#, #""summary":null"#, #""Device":{"a":1},"":"""#]
    for summary in summaries {
      let body = #"{"device":\#(node),\#(summary),"routes":\#(routes)}"#
      #expect(Self.redacted(Self.day(Self.erased.next, body)) == clean, "\(body)")
      #expect(Self.redacted(Self.day(Self.erased.next, "[\(body)]")) == "[\(clean)]", "\(body)")
      // Requested before the erased day.
      let early = #"{\#(summary),"device":\#(node.replacing("1791244800", with: "1790985600")),"routes":[]}"#
      let before = Self.day(
        Self.erased.previous.previous, early, at: Self.erased.previous.start.addingTimeInterval(-60))
      #expect(redaction(of: before, erasing: Self.erasures) == .clean)
    }
    #expect(redaction(of: Self.day(Self.erased.next, clean), erasing: Self.erasures) == .clean)
  }

  @Test func `removes the sensor values of a reading of an erased day, and keeps the attributes of the device`() {
    let node =
      #""device_id":492,"device_name":"A","device_imei":1,"location":"48.1,9.1","device_mileage":5,"secret_tag":6"#
    let body = #"{"device":{\#(node),"timestamp":1791244800,"heartbeat_timestamp":\#(Self.lateEvening)},"routes":[]}"#
    #expect(
      Self.redacted(Self.day(Self.erased.next, body))
        == #"{"device":{"device_id":492,"device_name":"A","device_imei":1,"timestamp":1791244800},"routes":[]}"#)
    // Requested on the erased day itself, the name is data of that day too.
    let sameDay = Self.day(
      Self.erased.previous, body.replacing("1791244800", with: "1791072000"), at: Self.erased.start)
    #expect(Self.redacted(sameDay) == #"{"device":{"device_id":492,"timestamp":1791072000},"routes":[]}"#)
    let list = Response(
      request: .deviceList, requestedAt: Self.erased.end.addingTimeInterval(3_600), answeredAt: Self.erased.end,
      httpStatus: 200, contentType: "application/json", isComplete: true,
      body: Array(
        #"[{\#(node),"heartbeat_timestamp":\#(Self.lateEvening)},{"device_id":493,"location":"48.2,9.2"},{"location":"1,2"},7]"#
          .utf8))
    #expect(
      Self.redacted(list)
        == #"[{"device_id":492,"device_name":"A","device_imei":1},{"device_id":493,"location":"48.2,9.2"},{},{}]"#)
  }

  @Test func `keeps the remains of a reading of an erased day from being loaded`() {
    let body = #"{"device":{"device_id":492,"timestamp":1791072000},"routes":[]}"#
    let response = Self.day(Self.erased.previous, body, at: Self.erased.start.addingTimeInterval(600))
    guard case .day(let before) = interpret(response),
      case .day(let after) = interpret(response).withoutErasedReadings(of: response, Self.erasures)
    else {
      Issue.record("rejected")
      return
    }
    #expect(before.reading != nil && after.reading == nil)
  }

  private static func redacted(_ response: Response) -> String? {
    guard case .body(let bytes) = redaction(of: response, erasing: erasures) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func day(
    _ day: UTCDay, _ body: String, of device: DeviceID = device, at requestedAt: Date? = nil
  ) -> Response {
    let requestedAt = requestedAt ?? erased.next.end.addingTimeInterval(600)
    return Response(
      request: .deviceDay(device, day), requestedAt: requestedAt, answeredAt: requestedAt.addingTimeInterval(1),
      httpStatus: 200, contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
