import FleetModel
import FoundationEssentials

/// A check of a day's routes against each other and against what is possible. A rule never changes a row.
struct QualityRule: Sendable {
  struct Offence {
    /// The route concerned.
    var departedAt: Date
    /// The values that contradict each other.
    var sample: String
  }

  let rule: Rule
  let check: @Sendable (DayUnderReview) -> [Offence]

  init(
    _ code: String, _ severity: Finding.Severity, _ sentence: String,
    _ check: @escaping @Sendable (DayUnderReview) -> [Offence]
  ) {
    rule = Rule(code, severity, sentence)
    self.check = check
  }

  /// A rule that looks at one route at a time; a sample a violation.
  init(
    _ code: String, _ severity: Finding.Severity, _ sentence: String,
    eachRoute check: @escaping @Sendable (Route) -> [String]
  ) {
    self.init(code, severity, sentence) { day in
      day.routes.flatMap { route in check(route).map { Offence(departedAt: route.departedAt, sample: $0) } }
    }
  }
}
