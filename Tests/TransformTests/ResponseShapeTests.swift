import FleetModel
import FleetizeAPI
import FoundationEssentials
import Testing
import Transform

@Suite struct `An answer` {
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

  @Test func `of a day without routes is an empty day`() throws {
    let answer = try #require(Sample.day())
    #expect(
      answer
        == DayResponse(
          device: Sample.device, askedDay: Sample.day, requestedAt: Sample.requestedAt,
          reading: DeviceReading(device: Sample.device), routes: [], findings: []))
  }

  @Test(arguments: ["", " \r\n", "\u{FEFF}"]) func `that is empty does not count`(body: String) {
    #expect(fault(body) == .emptyBody)
  }

  @Test func `that was cut does not count`() {
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
  ]) func `that is not JSON alone does not count`(body: String) {
    #expect(fault(body)?.code == "response_not_json")
  }

  @Test func `with a PHP warning before or behind does not count`() {
    #expect(fault("<b>Warning</b>\n" + Sample.body())?.code == "response_not_json")
    #expect(fault(Sample.body() + "\n<b>Warning</b>")?.code == "response_not_json")
  }

  @Test(arguments: [200, 400, 401, 403, 429, 500, 503]) func `that is a vendor error is one, whatever its status`(
    status: Int
  ) {
    #expect(fault("ERROR #1000 - INVALID API TOKEN", status: status) == .tokenRefused)
    #expect(fault(#"{"error":"ERROR #1055 - SLOWER"}"#, status: status) == .tooFast)
    #expect(fault("ERROR #1002 - API TOKEN BLOCKED", status: status, isComplete: false) == .tokenBlocked)
    #expect(fault("ERROR #1002 - API TOKEN BLOCKED", to: .deviceList, status: status) == .tokenBlocked)
  }

  @Test(arguments: [201, 204, 301, 404, 500, 502]) func `with another status does not count, even as data`(status: Int)
  {
    #expect(fault("<html>", status: status) == .httpStatus(status))
    #expect(fault("", status: status, isComplete: false) == .httpStatus(status))
    #expect(fault(Sample.body(), status: status) == .httpStatus(status))
  }

  @Test func `for another device does not count`() {
    #expect(
      fault(#"{"device":{"device_id":493,"timestamp":\#(Sample.midnight)},"routes":[]}"#)
        == .wrongDevice(answered: "493"))
    #expect(
      fault(#"{"device":{"device_id":"x","timestamp":\#(Sample.midnight)},"routes":[]}"#) == .wrongDevice(answered: "x")
    )
    #expect(fault(#"{"device":{"timestamp":\#(Sample.midnight)},"routes":[]}"#)?.code == "response_wrong_shape")
  }

  @Test func `for another day does not count`() {
    func body(_ timestamp: Int) -> String { #"{"device":{"device_id":492,"timestamp":"\#(timestamp)"},"routes":[]}"# }
    #expect(fault(body(Sample.midnight - 1)) == .wrongDay(answered: "2026-09-22"))
    #expect(fault(body(Sample.midnight + 86_400)) == .wrongDay(answered: "2026-09-24"))
    #expect(Sample.day(body(Sample.midnight)) != nil)
    #expect(Sample.day(body(Sample.midnight + 86_399)) != nil)
  }

  @Test(arguments: ["", #","timestamp":null"#, #","timestamp":0"#, #","timestamp":"0000-00-00""#])
  func `that does not say its day counts when a route departs on it`(tag: String) {
    func body(_ routes: String) -> String { #"{"device":{"device_id":492\#(tag)},"routes":[\#(routes)]}"# }
    #expect(fault(body(""))?.code == "response_wrong_shape")
    #expect(fault(body("{\(Sample.departure(-1))}"))?.code == "response_wrong_shape")
    #expect(Sample.day(body("{\(Sample.departure(0))}"))?.findings.summary == ["day_not_stated"])
  }

  @Test(arguments: [
    #"{"device":[],"routes":[]}"#, #"{"device":{},"routes":[]}"#, #"{"device":null,"routes":[]}"#, "[]", "{}", "null",
    #"{"routes":[]}"#, #"{"status":"ok"}"#, #"[{"device_id":492}]"#,
  ]) func `with an empty or missing device node is no empty day`(body: String) {
    #expect(fault(body)?.code == "response_wrong_shape")
  }

  @Test func `that is nested too deep does not count`() {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(fault(#"{"device":{"device_id":492,"x":\#(deep)},"routes":[]}"#)?.code == "response_wrong_shape")
  }

  @Test func `with more routes than a vehicle can drive does not count`() {
    #expect(fault(Sample.body(routes: (0...10_000).map { Sample.departure($0) }))?.code == "response_wrong_shape")
  }

  @Test func `keeps what it tolerates as findings of the day`() throws {
    let body =
      "\u{FEFF}"
      + #"{"device":[{"timestamp":\#(Sample.midnight),"device_id":492,"device_id":"492",,"device_name":"a\u0000b\ud83d"}],"routes":{},}"#
    let answer = try #require(Sample.day(body))
    #expect(answer.reading?.name == "ab\u{FFFD}")
    #expect(
      answer.findings.summary == [
        "byte_order_mark", "doubled_comma", "duplicate_key", "list_for_object", "lone_surrogate", "nul_character",
        "object_for_list", "trailing_comma",
      ])
    #expect(answer.findings.allSatisfy { $0.device == Sample.device && $0.day == Sample.day })
    #expect(answer.findings.first { $0.rule == "duplicate_key" }?.sample == "device_id")
  }

  @Test func `in Latin-1 keeps its umlauts, declared or not`() throws {
    let body = Array(Sample.body(device: #""device_name":"M#r""#).utf8).map { $0 == UInt8(ascii: "#") ? 0xFC : $0 }
    let request = Request.deviceDay(Sample.device, Sample.day)
    for (type, rules) in [
      ("application/json; charset=iso-8859-1", []), ("application/json; charset=utf-8", ["text_not_utf8"]),
    ] {
      guard case .day(let answer) = interpret(Sample.response(body, to: request, contentType: type)) else {
        return #expect(Bool(false), "rejected")
      }
      #expect(answer.reading?.name == "Mür")
      #expect(answer.findings.map(\.rule) == rules)
    }
  }

  @Test func `may be interpreted again with the same result`() throws {
    let body = try Sample.fixture("../FleetizeAPITests/Fixtures/device-sample.json")
    let response = Sample.response(body, to: .deviceDay(DeviceID(492), try #require(UTCDay("2015-04-08"))))
    #expect(interpret(response) == interpret(response))
  }
}
