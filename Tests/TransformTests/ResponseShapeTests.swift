import FleetModel
import FleetizeAPI
import FoundationEssentials
import TestSupport
import Testing
import Transform

@Suite struct `The body of a response` {
  private func fault(
    _ body: String, to request: Request = .deviceDay(Sample.device, Sample.day), status: Int = 200,
    isComplete: Bool = true
  ) -> Fault? {
    fault(Array(body.utf8), to: request, status: status, isComplete: isComplete)
  }

  private func fault(
    _ body: [UInt8], to request: Request = .deviceDay(Sample.device, Sample.day), status: Int = 200,
    isComplete: Bool = true
  ) -> Fault? {
    let response = Sample.response(body, to: request, status: status, isComplete: isComplete)
    guard case .rejected(let fault, let findings) = interpret(response) else { return nil }
    #expect(findings.map(\.rule) == [fault.code])
    #expect(findings[0].severity == .error)
    if case .deviceDay(let device, let day) = request {
      #expect(findings[0].device == device)
      #expect(findings[0].day == day)
    }
    return fault
  }

  @Test func `may be a day without routes`() throws {
    let day = try #require(Sample.day())
    #expect(
      day
        == DayResponse(
          device: Sample.device, askedDay: Sample.day, requestedAt: Sample.requestedAt,
          reading: DeviceReading(device: Sample.device), routes: [], findings: []))
  }

  @Test(arguments: ["", " \r\n", "\u{FEFF}"]) func `is rejected if it is empty`(body: String) {
    #expect(fault(body) == .emptyBody)
  }

  @Test func `is rejected if it was cut off`() {
    let body = Sample.body(routes: [Sample.departure(60)])
    #expect(fault(body, isComplete: false) == .truncated(bytes: body.utf8.count))
    #expect(fault("", isComplete: false) == .truncated(bytes: 0))
    for length in 1..<body.utf8.count {
      #expect(fault(String(body.prefix(length))) == .truncated(bytes: length))
    }
  }

  @Test(arguments: [
    "<html><body>Maintenance</body></html>", "OK", "<br />\n<b>Warning</b>: x in y on line 3<br />\n{}",
    "{} <b>Notice</b>",
    "[1 2]",
  ]) func `is rejected if it is anything but JSON`(body: String) {
    #expect(fault(body)?.code == "response_not_json")
  }

  @Test func `is rejected with a PHP warning before or after it`() {
    #expect(fault("<b>Warning</b>\n" + Sample.body())?.code == "response_not_json")
    #expect(fault(Sample.body() + "\n<b>Warning</b>")?.code == "response_not_json")
  }

  @Test(arguments: [200, 400, 401, 403, 429, 500, 503]) func `may be a vendor error, whatever its HTTP status`(
    status: Int
  ) {
    #expect(fault("ERROR #1000 - INVALID API TOKEN", status: status) == .tokenRefused)
    #expect(fault(#"{"error":"ERROR #1055 - SLOWER"}"#, status: status) == .tooFast)
    #expect(fault("ERROR #1002 - API TOKEN BLOCKED", status: status, isComplete: false) == .tokenBlocked)
    #expect(fault("ERROR #1002 - API TOKEN BLOCKED", to: .deviceList, status: status) == .tokenBlocked)
  }

  @Test(arguments: [201, 204, 301, 404, 500, 502])
  func `is rejected with another HTTP status, even if it contains data`(status: Int) {
    #expect(fault("<html>", status: status) == .httpStatus(status))
    #expect(fault("", status: status, isComplete: false) == .httpStatus(status))
    #expect(fault(Sample.body(), status: status) == .httpStatus(status))
  }

  @Test func `is rejected if it is for another device`() {
    #expect(
      fault(#"{"device":{"device_id":493,"timestamp":\#(Sample.midnight)},"routes":[]}"#)
        == .wrongDevice(answered: "493"))
    #expect(
      fault(#"{"device":{"device_id":"x","timestamp":\#(Sample.midnight)},"routes":[]}"#) == .wrongDevice(answered: "x")
    )
    #expect(fault(#"{"device":{"timestamp":\#(Sample.midnight)},"routes":[]}"#)?.code == "response_wrong_shape")
  }

  @Test func `is rejected if it is for another day`() {
    func body(_ timestamp: Int) -> String { #"{"device":{"device_id":492,"timestamp":"\#(timestamp)"},"routes":[]}"# }
    #expect(fault(body(Sample.midnight - 1)) == .wrongDay(answered: "2026-09-22"))
    #expect(fault(body(Sample.midnight + 86_400)) == .wrongDay(answered: "2026-09-24"))
    #expect(Sample.day(body(Sample.midnight)) != nil)
    #expect(Sample.day(body(Sample.midnight + 86_399)) != nil)
  }

  @Test(arguments: ["", #","timestamp":null"#, #","timestamp":0"#, #","timestamp":"0000-00-00""#])
  func `may omit its day if a route departs on the asked day`(tag: String) {
    func body(_ routes: String) -> String { #"{"device":{"device_id":492\#(tag)},"routes":[\#(routes)]}"# }
    #expect(fault(body(""))?.code == "response_wrong_shape")
    #expect(fault(body("{\(Sample.departure(-1))}"))?.code == "response_wrong_shape")
    #expect(Sample.day(body("{\(Sample.departure(0))}"))?.findings.summary == ["day_not_stated"])
  }

  @Test(arguments: [
    #"{"device":[],"routes":[]}"#, #"{"device":{},"routes":[]}"#, #"{"device":null,"routes":[]}"#, "[]", "{}", "null",
    #"{"routes":[]}"#, #"{"status":"ok"}"#, #"[{"device_id":492}]"#,
  ]) func `is not an empty day if the node device is empty or missing`(body: String) {
    #expect(fault(body)?.code == "response_wrong_shape")
  }

  @Test func `is rejected if it is nested too deep`() {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(fault(#"{"device":{"device_id":492,"x":\#(deep)},"routes":[]}"#)?.code == "response_wrong_shape")
  }

  @Test func `is rejected with more routes than a vehicle can drive`() {
    #expect(fault(Sample.body(routes: (0...10_000).map { Sample.departure($0) }))?.code == "response_wrong_shape")
  }

  @Test func `has a finding for everything that was tolerated`() throws {
    let body =
      "\u{FEFF}"
      + #"{"device":[{"timestamp":\#(Sample.midnight),"device_id":492,"device_id":"492",,"device_name":"a\u0000b\ud83d"}],"routes":{},}"#
    let day = try #require(Sample.day(body))
    #expect(day.reading?.name == "ab\u{FFFD}")
    #expect(
      day.findings.summary == [
        "byte_order_mark", "doubled_comma", "duplicate_key", "list_for_object", "lone_surrogate", "nul_character",
        "object_for_list", "trailing_comma",
      ])
    #expect(day.findings.hasOnly { $0.device == Sample.device && $0.day == Sample.day })
    #expect(day.findings.first { $0.rule == "duplicate_key" }?.sample == "device_id")
  }

  @Test func `may be Latin-1, declared or not`() throws {
    let body = Array(Sample.body(device: #""device_name":"M#r""#).utf8).map { $0 == UInt8(ascii: "#") ? 0xFC : $0 }
    let request = Request.deviceDay(Sample.device, Sample.day)
    for (type, rules) in [
      ("application/json; charset=iso-8859-1", []), ("application/json; charset=utf-8", ["text_not_utf8"]),
    ] {
      guard case .day(let day) = interpret(Sample.response(body, to: request, contentType: type)) else {
        return #expect(Bool(false), "rejected")
      }
      #expect(day.reading?.name == "Mür")
      #expect(day.findings.map(\.rule) == rules)
    }
  }

  @Test func `has the same meaning each time`() throws {
    let body = try Sample.fixture("../FleetizeAPITests/Fixtures/device-sample.json")
    let response = Sample.response(body, to: .deviceDay(DeviceID(492), try #require(UTCDay("2015-04-08"))))
    #expect(interpret(response) == interpret(response))
  }
}
