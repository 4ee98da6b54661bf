/// A rule of data quality. Its code is stable, because findings are stored, counted and filtered by it; its sentence may change.
public struct Rule: Hashable, Sendable {
  /// snake_case.
  public let code: String
  public let severity: Finding.Severity
  /// What is wrong, and how it was handled.
  public let sentence: String

  public init(_ code: String, _ severity: Finding.Severity, _ sentence: String) {
    self.code = code
    self.severity = severity
    self.sentence = sentence
  }
}
