import FleetModel
import FleetizeAPI

/// What a response turned out to be.
public enum Interpretation: Hashable, Sendable {
  case list(FleetList)
  case day(DayResponse)
  /// The response does not count; the findings say why.
  case rejected(Fault, [Finding])
}
