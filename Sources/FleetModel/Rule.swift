/// What a finding is about. The code is stable: findings are stored, counted and filtered by it.
public struct Rule: Hashable, Sendable {
  /// snake_case.
  public let code: String
  public let severity: Finding.Severity
  /// What was met, and what was done.
  public let sentence: String

  public init(_ code: String, _ severity: Finding.Severity, _ sentence: String) {
    self.code = code
    self.severity = severity
    self.sentence = sentence
  }
}
