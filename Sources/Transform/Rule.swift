import FleetModel
import FleetizeAPI

/// What a finding is about. The code is stable: findings are stored, counted and filtered by it.
public struct Rule: Hashable, Sendable {
  /// snake_case.
  public let code: String
  public let severity: Finding.Severity
  /// What was met, and what was done.
  public let sentence: String

  init(_ code: String, _ severity: Finding.Severity, _ sentence: String) {
    self.code = code
    self.severity = severity
    self.sentence = sentence
  }

  /// Every rule that can be in a finding of an answer or a day; rejected answers have the fault's code.
  public static var all: [Rule] {
    answerRules + Tolerance.Kind.allCases.map(\.rule) + QualityRule.all.map(\.rule) + dayRules
  }
}
