import FleetModel
import FleetizeAPI

/// The meaning of a response.
public enum Interpretation: Hashable, Sendable {
  case list(FleetList)
  case day(DayResponse)
  /// The response is unusable; the findings say why.
  case rejected(Fault, [Finding])
}
