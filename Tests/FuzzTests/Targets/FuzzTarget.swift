/// A parser with the promises that it keeps for any bytes at all.
enum FuzzTarget: String, CaseIterable, Sendable {
  case answer
  case list
  case points
  case location
  case date
  case config
  case redaction

  /// - Throws: ``BrokenPromise`` when the parser does not keep one; it must never trap.
  func check(_ input: [UInt8]) throws(BrokenPromise) {
    switch self {
    case .answer: try checkDayResponse(input)
    case .list: try checkDeviceList(input)
    case .points: try checkPoints(input)
    case .location: try checkLocation(input)
    case .date: try checkDate(input)
    case .config: try checkConfig(input)
    case .redaction: try checkRedaction(input)
    }
  }
}

struct BrokenPromise: Error, CustomStringConvertible {
  var description: String
}

func promise(_ isKept: Bool, _ text: @autoclosure () -> String) throws(BrokenPromise) {
  if !isKept { throw BrokenPromise(description: text()) }
}
