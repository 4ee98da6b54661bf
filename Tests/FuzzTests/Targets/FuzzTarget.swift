/// A parser, with promises that it keeps for any input.
enum FuzzTarget: String, CaseIterable, Sendable {
  case response
  case list
  case points
  case location
  case date
  case config
  case redaction

  /// - Throws: ``BrokenPromise``. The parser must never trap.
  func check(_ input: [UInt8]) throws(BrokenPromise) {
    switch self {
    case .response: try checkDayResponse(input)
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
