import FleetModel
import FoundationEssentials

@testable import FleetizeAPI
@testable import Transform

private let device = DeviceID(492)
private let asked = UTCDay(number: 20_719)
private let requestedAt = asked.end.addingTimeInterval(600)

/// Any bytes as a response to `device`, or to `devicelist` when they begin with a list of objects, of which some days are to be erased.
func checkRedaction(_ body: [UInt8]) throws(BrokenPromise) {
  // The days go by the length, so that the corpus is of plain responses.
  let erased = [asked.previous...asked.previous, asked.next...asked.next, asked.next.next...asked.next.next]
  let erasures = Erasures([
    Erasure(device: device, days: erased[body.count % erased.count], erasedAt: asked.end.addingTimeInterval(864_000))
  ])
  for request in [Request.deviceDay(device, asked), .deviceList] {
    let answer = Response(
      request: request, requestedAt: requestedAt, answeredAt: requestedAt, httpStatus: 200,
      contentType: "application/json", isComplete: true, body: body)
    try checkWriting(answer)
    try checkErasing(answer, erasures)
  }
}

/// Written anew as it is, a response says what it said.
private func checkWriting(_ answer: Response) throws(BrokenPromise) {
  guard let wire = try? WireResponse(reading: answer.body, contentType: answer.contentType) else { return }
  var writer = JSONWriter(source: wire.decoder.bytes)
  writer.write(wire.root)
  let written = answer.with(writer.bytes)
  try promise(writer.bytes.allSatisfy { (0x20..<0x80).contains($0) }, "what is written is ASCII")
  try promise(interpret(written).facts == interpret(answer).facts, "written anew, an answer says what it said")
  guard let again = try? WireResponse(reading: writer.bytes, contentType: nil) else {
    throw BrokenPromise(description: "what is written is JSON")
  }
  try promise(
    again.decoder.tolerances.entries.allSatisfy { $0.kind == .duplicateKey }, "what is written is standard JSON")
}

/// What is left tells of everything but the erased days.
private func checkErasing(_ answer: Response, _ erasures: Erasures) throws(BrokenPromise) {
  let before = interpret(answer)
  let left: Response
  switch redaction(of: answer, erasing: erasures) {
  case .clean: left = answer
  case .body(let body): left = answer.with(body)
  case .delete:
    if case .rejected = before { return }
    throw BrokenPromise(description: "an answer of another day stays")
  }
  let after = interpret(left)
  try promise(redaction(of: left, erasing: erasures) == .clean, "what is redacted is clean")
  if case .day = after, erasures.concern(responsesRequestedAt: requestedAt, of: device) {
    let wire = try? WireResponse(reading: left.body, contentType: left.contentType).day()
    try promise(wire?.unknownTags == [], "nothing stays beside device and routes")
  }
  switch (before, after) {
  case (.rejected, .rejected): break
  case (.day(let before), .day(let after)):
    try promise(
      after.routes == before.routes.filter { !erasures.cover($0.departedAt, of: device) }, "other routes stay")
    try checkReading(before.reading, after.reading, erasures)
  case (.list(let before), .list(let after)):
    try promise(before.readings.map(\.device) == after.readings.map(\.device), "a device stays in the list")
    for (before, after) in zip(before.readings, after.readings) { try checkReading(before, after, erasures) }
  default: throw BrokenPromise(description: "an answer stays an answer")
  }
}

/// A reading of another day is as it was. One of an erased day has no sensor and no moment left.
private func checkReading(
  _ before: DeviceReading?, _ after: DeviceReading?, _ erasures: Erasures
) throws(BrokenPromise) {
  guard let before, erasures.cover(before.heartbeatAt ?? requestedAt, of: before.device) else {
    return try promise(after == before, "other readings stay")
  }
  guard let after else { throw BrokenPromise(description: "a device stays") }
  var bare = DeviceReading(device: before.device)
  if !erasures.cover(requestedAt, of: before.device) {
    (bare.imei, bare.type, bare.name) = (before.imei, before.type, before.name)
    (bare.description, bare.portraitURL) = (before.description, before.portraitURL)
  }
  try promise(after == bare, "of an erased reading only what the device is stays")
}

extension Response {
  fileprivate func with(_ body: [UInt8]) -> Response {
    var response = self
    response.body = body
    return response
  }
}

extension Interpretation {
  /// What it tells of vehicles; nil when it does not count. Findings are of the form, and the form changes.
  fileprivate var facts: [AnyHashable]? {
    switch self {
    case .list(let list): list.readings
    case .day(let day): [day.reading, day.routes]
    case .rejected: nil
    }
  }
}
