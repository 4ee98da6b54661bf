import FleetModel
import FleetizeAPI
import FoundationEssentials

@testable import Transform

/// The device-day that all responses are asked for: device 492, 23 September 2026.
private let asked = Request.deviceDay(DeviceID(492), UTCDay(number: 20_719))
private let requestedAt = Date(timeIntervalSince1970: 1_790_208_600)

/// Any bytes as the response to `device`.
func checkDayResponse(_ body: [UInt8]) throws(BrokenPromise) {
  let answer = response(body, to: asked)
  let interpretation = interpret(answer)
  try promise(interpret(answer) == interpretation, "an answer means the same each time")
  switch interpretation {
  case .list: throw BrokenPromise(description: "a day's answer is no list")
  case .rejected(let fault, let findings): try checkRejection(fault, findings)
  case .day(let day):
    try checkDay(day)
    try checkCuts(of: answer)
  }
}

/// Any bytes as the response to `devicelist`.
func checkDeviceList(_ body: [UInt8]) throws(BrokenPromise) {
  let answer = response(body, to: .deviceList)
  let interpretation = interpret(answer)
  try promise(interpret(answer) == interpretation, "an answer means the same each time")
  switch interpretation {
  case .day: throw BrokenPromise(description: "a list is no day's answer")
  case .rejected(let fault, let findings): try checkRejection(fault, findings)
  case .list(let list):
    try promise(!list.readings.isEmpty, "a list without a device is no list")
    try promise(Set(list.readings.map(\.device)).count == list.readings.count, "a device is listed once")
    for reading in list.readings { try checkReading(reading) }
    try checkFindings(list.findings)
    try promise(list.findings.allSatisfy { $0.day == nil }, "a list's findings have no day")
    try checkCuts(of: answer)
  }
}

/// The header goes by the length, so that the corpus is of plain responses.
private func response(_ body: [UInt8], to request: Request) -> Response {
  let types = ["application/json", "application/json; charset=utf-8", "text/html; charset=ISO-8859-1", nil]
  return Response(
    request: request, requestedAt: requestedAt, answeredAt: requestedAt, httpStatus: 200,
    contentType: types[body.count % types.count], isComplete: true, body: body)
}

/// Data is only what came whole: neither the same bytes of a connection that was cut, nor any beginning of them.
private func checkCuts(of answer: Response) throws(BrokenPromise) {
  var cut = answer
  cut.isComplete = false
  try promise(isRejected(cut), "a cut answer does not count")
  cut.isComplete = true
  guard let end = answer.body.lastIndex(where: { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") }) else {
    throw BrokenPromise(description: "data ends with a bracket")
  }
  // Some place that is another one with every change of the bytes.
  let place = answer.body.reduce(0) { ($0 &* 31 &+ Int(truncatingIfNeeded: $1)) & 0xFFFF_FFFF } % (end + 1)
  for length in [place, end] {
    cut.body = Array(answer.body[..<length])
    try promise(isRejected(cut), "the first \(length) bytes of \(answer.body.count) do not count")
  }
}

private func isRejected(_ answer: Response) -> Bool {
  if case .rejected = interpret(answer) { true } else { false }
}

private func checkRejection(_ fault: Fault, _ findings: [Finding]) throws(BrokenPromise) {
  try promise(findings.count == 1 && findings[0].rule == fault.code, "a rejection is one finding")
  try promise(findings[0].severity == .error, "a rejection is an error")
  try promise(Fault.responseCodes.contains(fault.code), "\(fault.code) is a fault of an answer")
  try checkStored(findings[0].sample)
  try checkStored(findings[0].detail)
}

private func checkDay(_ answer: DayResponse) throws(BrokenPromise) {
  try promise(Request.deviceDay(answer.device, answer.askedDay) == asked, "an answer is for what was asked")
  try promise(answer.routes.count <= 10_000, "a day has a bounded number of routes")
  for (earlier, later) in zip(answer.routes, answer.routes.dropFirst()) {
    try promise(earlier.departedAt < later.departedAt, "routes come by departure, one a departure")
  }
  for route in answer.routes { try checkRoute(route) }
  if let reading = answer.reading { try checkReading(reading) }
  try checkFindings(answer.findings)
  try promise(
    answer.findings.allSatisfy { $0.device == answer.device && $0.day == answer.askedDay }, "findings say where")
  try promise(answer.change(since: answer) == nil, "an answer does not differ from itself")
  for day in Set(answer.routes.map(\.day)).union([answer.askedDay]).sorted().prefix(3) {
    let assembled = assemble(day, of: answer.device, from: [answer, answer])
    try promise(assembled == assemble(day, of: answer.device, from: [answer]), "an answer twice is as good as once")
    try promise(assembled.routes == answer.routes.filter { $0.day == day }, "a day has all routes that depart on it")
    try checkFindings(assembled.findings)
  }
}

private func checkRoute(_ route: Route) throws(BrokenPromise) {
  try checkTimes([route.departedAt, route.arrivedAt])
  try checkCoordinates([route.origin, route.destination])
  try checkNumbers([route.originMileage, route.destinationMileage, route.averageSpeed, route.averageSpeedDistance])
  try promise((route.pauseSeconds ?? 0) >= 0, "no pause is negative")
  for average in [route.averageSpeed, route.averageSpeedDistance] {
    try promise((average?.thousandths ?? 0) % 10 == 0, "averages have two decimals")
  }
  for point in route.points { try checkPoint(point) }
  for pause in route.pauses {
    try checkTimes([pause.startedAt, pause.endedAt])
    try checkCoordinates([pause.location])
    try checkNumbers([pause.mileage])
  }
}

private func checkReading(_ reading: DeviceReading) throws(BrokenPromise) {
  try promise(reading.device.value > 0 && (reading.imei ?? 1) > 0, "identifiers are above zero")
  let texts = [
    reading.type, reading.name, reading.description, reading.portraitURL, reading.errorText, reading.statusText,
    reading.statusAbsence, reading.statusDescription,
  ]
  for text in texts { try checkStored(text) }
  try checkNumbers([
    reading.mileage, reading.rawMileage, reading.dayDistance, reading.speed, reading.engineRPM,
    reading.engineTemperature, reading.externalVoltage, reading.internalVoltage, reading.heading,
  ])
  try checkTimes([reading.onlineAt, reading.heartbeatAt, reading.errorAt])
  try checkCoordinates([reading.location])
}

func checkFindings(_ findings: [Finding]) throws(BrokenPromise) {
  try promise(findings.count <= 1_001, "findings are bounded")
  for finding in findings {
    try promise(
      Rule.ofResponsesAndDays.contains { $0.code == finding.rule && $0.severity == finding.severity },
      "\(finding.rule) is a rule of severity \(finding.severity)")
    try promise(finding.occurrences >= 1, "a finding was met")
    try promise((finding.sample?.count ?? 0) <= 200, "samples are bounded")
    try checkStored(finding.sample)
    try checkStored(finding.detail)
  }
}

/// PostgreSQL stores no NUL.
private func checkStored(_ text: String?) throws(BrokenPromise) {
  try promise(text?.utf8.contains(0) != true, "no text holds a NUL")
}

func checkPoint(_ point: RoutePoint) throws(BrokenPromise) {
  try promise(
    !point.hasPosition || point.latitudeE7.magnitude <= 900_000_000 && point.longitudeE7.magnitude <= 1_800_000_000,
    "a point is on earth")
  try promise(!point.hasSpeed || (0...32_760).contains(point.speedTenths), "a point's speed fits")
}

/// Whole seconds from 1970 to 2099.
func checkTimes(_ times: [Date?]) throws(BrokenPromise) {
  for case let time? in times {
    let seconds = time.timeIntervalSince1970
    try promise(seconds >= 1 && seconds < 4_102_444_800 && seconds.rounded() == seconds, "\(seconds) is a time")
  }
}

private func checkCoordinates(_ coordinates: [Coordinate?]) throws(BrokenPromise) {
  for case let place? in coordinates {
    try promise(
      Coordinate(latitudeE7: Int64(place.latitudeE7), longitudeE7: Int64(place.longitudeE7)) == place,
      "a place is on earth")
  }
}

/// `numeric(19,3)`.
private func checkNumbers(_ numbers: [Decimal3?]) throws(BrokenPromise) {
  for case let number? in numbers {
    try promise(number.thousandths.magnitude < 1_000_000_000_000_000_000, "a number fits")
  }
}
