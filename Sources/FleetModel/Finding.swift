import FoundationEssentials

/// A data-quality fact: what was odd in a response or in a day's rows, and what was done with it.
///
/// Equal oddities of one rule at one place (a route, a list) are one finding with a count.
public struct Finding: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// Tolerated, nothing lost.
    case info
    /// A value was dropped or is implausible.
    case warning
    /// A response or a route could not be used.
    case error
  }

  /// Stable snake_case code, such as `point_garbled`.
  public var rule: String
  public var severity: Severity
  /// Nil for a finding about a response as a whole without a device, such as a broken list.
  public var device: DeviceID?
  /// Nil for a finding in a device list.
  public var day: UTCDay?
  /// The departure of the route concerned.
  public var departedAt: Date?
  /// How many times the rule was met at this place, 1 or more.
  public var occurrences: Int
  /// A sentence for a person: what, and what was done.
  public var detail: String
  /// The first offending text as sent, at most 200 characters.
  public var sample: String?

  public init(
    rule: String, severity: Severity, device: DeviceID? = nil, day: UTCDay? = nil, departedAt: Date? = nil,
    occurrences: Int = 1, detail: String, sample: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.device = device
    self.day = day
    self.departedAt = departedAt
    self.occurrences = occurrences
    self.detail = detail
    self.sample = sample
  }
}
