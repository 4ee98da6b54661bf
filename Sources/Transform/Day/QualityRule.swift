import FleetModel
import FoundationEssentials

/// Checks a day's routes for contradictions and impossible values. A rule never changes a row.
struct QualityRule: Sendable {
  struct Violation {
    /// The departure of the route concerned.
    var departedAt: Date
    /// The contradicting or impossible values.
    var sample: String
  }

  let rule: Rule
  let check: @Sendable (DayUnderReview) -> [Violation]

  init(
    _ code: String, _ severity: Finding.Severity, _ sentence: String,
    _ check: @escaping @Sendable (DayUnderReview) -> [Violation]
  ) {
    rule = Rule(code, severity, sentence)
    self.check = check
  }

  /// A rule that checks one route at a time.
  ///
  /// - Parameter check: Returns one sample per violation.
  init(
    _ code: String, _ severity: Finding.Severity, _ sentence: String,
    eachRoute check: @escaping @Sendable (Route) -> [String]
  ) {
    self.init(code, severity, sentence) { day in
      day.routes.flatMap { route in check(route).map { Violation(departedAt: route.departedAt, sample: $0) } }
    }
  }
}
