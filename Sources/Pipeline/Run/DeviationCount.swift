import FleetModel
import FleetizeAPI

/// Counts calls in a row that fail in the same way, other than the API's document says. Pure.
///
/// One vehicle may be poisoned, so calls of a second one must fail too, if the plan has a second one.
struct DeviationCount {
  /// Whether one failure is enough, because an earlier run ended by one.
  private(set) var isCanary: Bool
  /// Devices of the plan.
  var deviceCount = 0
  private var deviation: String?
  private var count = 0
  /// The device-days of those calls, each once.
  private(set) var calls: [PlannedCall] = []

  init(isCanary: Bool) {
    self.isCanary = isCanary
  }

  /// After a usable response.
  mutating func reset() {
    (isCanary, deviation, count, calls) = (false, nil, 0, [])
  }

  /// - Returns: whether the API as a whole must have changed.
  mutating func note(_ fault: Fault, of call: PlannedCall) -> Bool {
    guard let new = fault.deviation else { return false }
    if new != deviation { (deviation, count, calls) = (new, 0, []) }
    count += 1
    if !calls.contains(call) { calls.append(call) }
    if isCanary { return true }
    return count >= fault.deviationsInARow && Set(calls.map(\.device)).count >= min(2, deviceCount)
  }
}
