import FleetModel
import FleetizeAPI
import FoundationEssentials

@testable import Transform

/// The device-day that all requests ask for: device 492, 23 September 2026.
private let asked = Request.deviceDay(DeviceID(492), UTCDay(number: 20_719))
private let requestedAt = Date(timeIntervalSince1970: 1_790_208_600)

/// Any bytes as the response to `device`.
func checkDayResponse(_ body: [UInt8]) throws(BrokenPromise) {
  let response = response(body, to: asked)
  let interpretation = interpret(response)
  try promise(interpret(response) == interpretation, "a response has the same meaning each time")
  switch interpretation {
  case .list: throw BrokenPromise(description: "a response to device is not a list")
  case .rejected(let fault, let findings): try checkRejection(fault, findings)
  case .day(let day):
    try checkDay(day)
    try checkCuts(of: response)
  }
}

/// Any bytes as the response to `devicelist`.
func checkDeviceList(_ body: [UInt8]) throws(BrokenPromise) {
  let response = response(body, to: .deviceList)
  let interpretation = interpret(response)
  try promise(interpret(response) == interpretation, "a response has the same meaning each time")
  switch interpretation {
  case .day: throw BrokenPromise(description: "a response to devicelist is not a day")
  case .rejected(let fault, let findings): try checkRejection(fault, findings)
  case .list(let list):
    try promise(!list.readings.isEmpty, "a list contains a device")
    try promise(Set(list.readings.map(\.device)).count == list.readings.count, "a device is listed once")
    for reading in list.readings { try checkReading(reading) }
    try checkFindings(list.findings)
    try promise(list.findings.allSatisfy { $0.day == nil }, "a list's findings have no day")
    try checkCuts(of: response)
  }
}

/// The header depends on the length, so that the corpus can consist of plain responses.
private func response(_ body: [UInt8], to request: Request) -> Response {
  let types = ["application/json", "application/json; charset=utf-8", "text/html; charset=ISO-8859-1", nil]
  return Response(
    request: request, requestedAt: requestedAt, answeredAt: requestedAt, httpStatus: 200,
    contentType: types[body.count % types.count], isComplete: true, body: body)
}

/// Only complete responses count: neither the same bytes from a connection that was cut off, nor a prefix of them.
private func checkCuts(of response: Response) throws(BrokenPromise) {
  var cut = response
  cut.isComplete = false
  try promise(isRejected(cut), "a response that was cut off is rejected")
  cut.isComplete = true
  guard let end = response.body.lastIndex(where: { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") }) else {
    throw BrokenPromise(description: "data ends with a bracket")
  }
  // A place that depends on every byte.
  let place = response.body.reduce(0) { ($0 &* 31 &+ Int(truncatingIfNeeded: $1)) & 0xFFFF_FFFF } % (end + 1)
  for length in [place, end] {
    cut.body = Array(response.body[..<length])
    try promise(isRejected(cut), "the first \(length) of \(response.body.count) bytes are rejected")
  }
}

private func isRejected(_ response: Response) -> Bool {
  if case .rejected = interpret(response) { true } else { false }
}

private func checkRejection(_ fault: Fault, _ findings: [Finding]) throws(BrokenPromise) {
  try promise(findings.count == 1 && findings[0].rule == fault.code, "a rejection is one finding")
  try promise(findings[0].severity == .error, "a rejection is an error")
  try promise(Fault.responseCodes.contains(fault.code), "\(fault.code) is a fault of a response")
  try checkStored(findings[0].sample)
  try checkStored(findings[0].detail)
}

private func checkDay(_ day: DayResponse) throws(BrokenPromise) {
  try promise(Request.deviceDay(day.device, day.askedDay) == asked, "a response is for the asked device and day")
  try promise(day.routes.count <= 10_000, "the number of routes is limited")
  for (earlier, later) in zip(day.routes, day.routes.dropFirst()) {
    try promise(earlier.departedAt < later.departedAt, "routes are in order of departure, one per departure")
  }
  for route in day.routes { try checkRoute(route) }
  if let reading = day.reading { try checkReading(reading) }
  try checkFindings(day.findings)
  try promise(
    day.findings.allSatisfy { $0.device == day.device && $0.day == day.askedDay },
    "findings name the device and the day")
  try promise(day.change(since: day) == nil, "a response does not differ from itself")
  for date in Set(day.routes.map(\.day)).union([day.askedDay]).sorted().prefix(3) {
    let assembled = assemble(date, of: day.device, from: [day, day])
    try promise(assembled == assemble(date, of: day.device, from: [day]), "loading a response twice changes nothing")
    try promise(assembled.routes == day.routes.filter { $0.day == date }, "a day has all routes that depart on it")
    try checkFindings(assembled.findings)
  }
}

private func checkRoute(_ route: Route) throws(BrokenPromise) {
  try checkTimes([route.departedAt, route.arrivedAt])
  try checkCoordinates([route.origin, route.destination])
  try checkNumbers([route.originMileage, route.destinationMileage, route.averageSpeed, route.averageSpeedDistance])
  try promise((route.pauseSeconds ?? 0) >= 0, "pauses are not negative")
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
  try promise(reading.device.value > 0 && (reading.imei ?? 1) > 0, "identifiers are positive")
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
  try promise(findings.count <= 1_001, "the number of findings is limited")
  for finding in findings {
    try promise(
      Rule.ofResponsesAndDays.contains { $0.code == finding.rule && $0.severity == finding.severity },
      "\(finding.rule) is a rule of severity \(finding.severity)")
    try promise(finding.occurrences >= 1, "a finding has an occurrence")
    try promise((finding.sample?.count ?? 0) <= 200, "the length of samples is limited")
    try checkStored(finding.sample)
    try checkStored(finding.detail)
  }
}

/// PostgreSQL cannot store NUL.
private func checkStored(_ text: String?) throws(BrokenPromise) {
  try promise(text?.utf8.contains(0) != true, "no text contains NUL")
}

func checkPoint(_ point: RoutePoint) throws(BrokenPromise) {
  try promise(
    !point.hasPosition || point.latitudeE7.magnitude <= 900_000_000 && point.longitudeE7.magnitude <= 1_800_000_000,
    "a point has a possible position")
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
      "a location is possible")
  }
}

/// `numeric(19,3)`.
private func checkNumbers(_ numbers: [Decimal3?]) throws(BrokenPromise) {
  for case let number? in numbers {
    try promise(number.thousandths.magnitude < 1_000_000_000_000_000_000, "a number fits")
  }
}
