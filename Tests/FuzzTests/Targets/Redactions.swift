import FleetModel
import FoundationEssentials

@testable import FleetizeAPI
@testable import Transform

private let device = DeviceID(492)
private let asked = UTCDay(number: 20_719)
private let requestedAt = asked.end.addingTimeInterval(600)

/// Any bytes as a response to `device` and to `devicelist`, from which some days are erased.
func checkRedaction(_ body: [UInt8]) throws(BrokenPromise) {
  // The days depend on the length, so that the corpus can consist of plain responses.
  let erased = [asked.previous...asked.previous, asked.next...asked.next, asked.next.next...asked.next.next]
  let erasures = Erasures([
    Erasure(device: device, days: erased[body.count % erased.count], erasedAt: asked.end.addingTimeInterval(864_000))
  ])
  for request in [Request.deviceDay(device, asked), .deviceList] {
    let response = Response(
      request: request, requestedAt: requestedAt, answeredAt: requestedAt, httpStatus: 200,
      contentType: "application/json", isComplete: true, body: body)
    try checkWriting(response)
    try checkErasing(response, erasures)
  }
}

/// A response that is read and written again has the same meaning.
private func checkWriting(_ response: Response) throws(BrokenPromise) {
  guard let wire = try? WireResponse(reading: response.body, contentType: response.contentType) else { return }
  var writer = JSONWriter(source: wire.decoder.bytes)
  writer.write(wire.root)
  let written = response.with(writer.bytes)
  try promise(writer.bytes.allSatisfy { (0x20..<0x80).contains($0) }, "written JSON is ASCII")
  try promise(interpret(written).facts == interpret(response).facts, "a response written again has the same meaning")
  guard let again = try? WireResponse(reading: writer.bytes, contentType: nil) else {
    throw BrokenPromise(description: "written JSON can be read")
  }
  try promise(
    again.decoder.tolerances.entries.allSatisfy { $0.kind == .duplicateKey }, "written JSON is standard JSON")
}

/// A redaction removes the erased days and nothing else.
private func checkErasing(_ response: Response, _ erasures: Erasures) throws(BrokenPromise) {
  let before = interpret(response)
  let left: Response
  switch redaction(of: response, erasing: erasures) {
  case .clean: left = response
  case .body(let body): left = response.with(body)
  case .delete:
    if case .rejected = before { return }
    throw BrokenPromise(description: "a usable response for another day is not deleted")
  }
  let after = interpret(left)
  try promise(redaction(of: left, erasing: erasures) == .clean, "a redacted response needs no redaction")
  if case .day = after, erasures.concern(responsesRequestedAt: requestedAt, of: device) {
    let wire = try? WireResponse(reading: left.body, contentType: left.contentType).day()
    try promise(wire?.unknownNodes == [], "nothing stays beside device and routes")
  }
  switch (before, after) {
  case (.rejected, .rejected): break
  case (.day(let before), .day(let after)):
    try promise(
      after.routes == before.routes.filter { !erasures.cover($0.departedAt, of: device) }, "other routes are kept")
    try checkReading(before.reading, after.reading, erasures)
  case (.list(let before), .list(let after)):
    try promise(before.readings.map(\.device) == after.readings.map(\.device), "a device is kept in the list")
    for (before, after) in zip(before.readings, after.readings) { try checkReading(before, after, erasures) }
  default: throw BrokenPromise(description: "a usable response is still usable")
  }
}

/// A reading of another day does not change. One of an erased day has no sensor values and no time left.
private func checkReading(
  _ before: DeviceReading?, _ after: DeviceReading?, _ erasures: Erasures
) throws(BrokenPromise) {
  guard let before, erasures.cover(before.readAt(requestedAt: requestedAt), of: before.device) else {
    return try promise(after == before, "other readings stay")
  }
  guard let after else { throw BrokenPromise(description: "the device is kept") }
  var bare = DeviceReading(device: before.device)
  if !erasures.cover(requestedAt, of: before.device) {
    (bare.imei, bare.type, bare.name) = (before.imei, before.type, before.name)
    (bare.description, bare.portraitURL) = (before.description, before.portraitURL)
  }
  try promise(after == bare, "only the device's attributes are kept of an erased reading")
}

extension Response {
  fileprivate func with(_ body: [UInt8]) -> Response {
    var response = self
    response.body = body
    return response
  }
}

extension Interpretation {
  /// The data about devices, without findings, which depend on the form; nil if rejected.
  fileprivate var facts: [AnyHashable]? {
    switch self {
    case .list(let list): list.readings
    case .day(let day): [day.reading, day.routes]
    case .rejected: nil
    }
  }
}
