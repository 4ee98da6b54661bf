import FleetModel
import FleetizeAPI

/// What an answer turned out to be.
public enum Interpretation: Hashable, Sendable {
  case list(FleetList)
  case day(DayAnswer)
  /// The answer does not count; the findings say why.
  case rejected(Fault, [Finding])
}
