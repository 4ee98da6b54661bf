/// A setting that cannot be used. Holds no secret.
public struct SettingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a sentence without a full stop.
  public var description: String
  /// What to do about it; nil where the description says it.
  public var hint: String?

  public init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }
}
