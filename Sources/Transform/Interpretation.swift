import FleetModel
import FleetizeAPI

/// The meaning of a response.
public enum Interpretation: Hashable, Sendable {
  case list(FleetList)
  case day(DayResponse)
  /// The response is unusable; the findings say why.
  case rejected(Fault, [Finding])

  /// Why the response does not count as an answer; nil when it does. Routes of a response that is not whole are loaded all the same.
  public var fault: Fault? {
    switch self {
    case .rejected(let fault, _): fault
    case .day(let response): response.isWhole ? nil : .routesUnusable(count: response.droppedRoutes)
    case .list: nil
    }
  }
}
