import FleetModel
import FleetizeAPI
import FoundationEssentials

@testable import Transform

/// Any text as the tag `location`, and as a number.
func checkLocation(_ input: [UInt8]) throws(BrokenPromise) {
  let text = String(decoding: input, as: UTF8.self)
  let (place, findings) = translated(text) { $0.location($1, "location") }
  try promise(
    findings.count <= 1 && (place == nil || findings.isEmpty), "there is a location, or a finding that explains why not"
  )
  try checkFindings(findings)
  if let place {
    let again = translated("\(degrees(place.latitudeE7)),\(degrees(place.longitudeE7))") { $0.location($1, "location") }
    try promise(again.value == place && again.findings.isEmpty, "a location that is printed and read again is the same")
  }
  try checkNumber(text)
}

private func checkNumber(_ text: String) throws(BrokenPromise) {
  for decimals in [0, 1, 3, 7] {
    guard case .value(let value) = DecimalText.scaled(text, decimals: decimals) else { continue }
    try promise(
      DecimalText.scaled(decimal(value, decimals: decimals), decimals: decimals) == .value(value),
      "a number that is printed and read again is the same")
    let trimmed = String(
      decoding: text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    guard let binary = Double(trimmed) else { throw BrokenPromise(description: "\(text) is not a number") }
    let scaled = binary * [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7][decimals]
    try promise(
      (Double(value) - scaled).magnitude <= 0.5 + scaled.magnitude * 1e-9, "\(text) is \(scaled), not \(value)")
  }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

/// Any text as a date on the command line, and as a tag with a Unix time.
func checkDate(_ input: [UInt8]) throws(BrokenPromise) {
  let text = String(decoding: input, as: UTF8.self)
  if let day = UTCDay(text) {
    try promise(day.description == text, "a day is printed as it was read")
    try promise(UTCDay(containing: day.start) == day, "a day contains its start")
    try promise(UTCDay(containing: day.end) == day.next && day.next.previous == day, "days follow each other")
    try promise(day.startOfMonth <= day && day.startOfMonth.description.hasSuffix("-01"), "a month begins with a 1")
    try promise(day.startOfMonth.description.prefix(7) == text.prefix(7), "a day is in its month")
  }
  let (time, findings) = translated(text) { $0.timestamp($1, "online_timestamp") }
  try checkTimes([time])
  try checkFindings(findings)
  try promise(findings.count <= 1, "there is at most one finding per value")
  if let time {
    try promise(
      findings.allSatisfy { $0.rule == "timestamp_fraction" }, "there is a time, or a finding that explains why not")
    let again = translated(String(Int64(time.timeIntervalSince1970))) { $0.timestamp($1, "online_timestamp") }
    try promise(again.value == time && again.findings.isEmpty, "a time that is printed and read again is the same")
  }
}

private func translated<Value>(
  _ text: String, _ translate: (inout Translator, WireValue) -> Value?
) -> (value: Value?, findings: [Finding]) {
  var translator = Translator(findings: FindingLog(device: DeviceID(492), day: UTCDay(number: 20_719)))
  // The reader removes NUL.
  let value = translate(&translator, .scalar(text.filter { $0 != "\0" }))
  return (value, translator.findings.all)
}
