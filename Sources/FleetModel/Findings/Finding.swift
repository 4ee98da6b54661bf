import FoundationEssentials

/// A data-quality fact: an anomaly in a response or in a day's rows, and how it was handled.
///
/// Repeated violations of one rule at one place (a route, a list) are one finding with a count.
public struct Finding: Hashable, Sendable {
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// Tolerated; no data was lost.
    case info
    /// A value was dropped or is implausible.
    case warning
    /// A response or a route was unusable.
    case error
  }

  /// Stable snake_case code, such as `point_garbled`.
  public var rule: String
  public var severity: Severity
  /// Nil for a finding about a whole device list.
  public var device: DeviceID?
  /// Nil for a finding in a device list.
  public var day: UTCDay?
  /// The departure of the route concerned.
  public var departedAt: Date?
  /// What distinguishes findings of one rule at one place: a tag's name. Part of ``detail``.
  public var subject: String?
  /// How often the rule was violated at this place, at least once.
  public var occurrences: Int
  /// One or two sentences for people: what is wrong, and how it was handled.
  public var detail: String
  /// The first offending text as sent, at most 200 characters; nil if there is none to show.
  public var sample: String?

  public init(
    rule: String, severity: Severity, device: DeviceID? = nil, day: UTCDay? = nil, departedAt: Date? = nil,
    subject: String? = nil, occurrences: Int = 1, detail: String, sample: String? = nil
  ) {
    self.rule = rule
    self.severity = severity
    self.device = device
    self.day = day
    self.departedAt = departedAt
    self.subject = subject
    self.occurrences = occurrences
    self.detail = detail
    self.sample = sample
  }
}
