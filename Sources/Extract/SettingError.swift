/// A setting of the way to the API that cannot be used: what is wrong with it, and what to do. Never holds a token.
public struct SettingError: Error, Hashable, Sendable {
  public enum Setting: Hashable, Sendable {
    case token
    case baseURL
    case timeout
    case maxResponseBytes
    case requestInterval
    case dailyCalls
  }

  public var setting: Setting
  /// What is wrong, as a sentence without a full stop.
  public var reason: String
  /// What a person can do about it.
  public var hint: String

  public init(_ setting: Setting, _ reason: String, hint: String) {
    self.setting = setting
    self.reason = reason
    self.hint = hint
  }
}

extension SettingError: CustomStringConvertible {
  public var description: String { reason }
}
