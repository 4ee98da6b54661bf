import FleetModel
import FoundationEssentials
import Postgres

/// A finding as it is stored. Rows that differ only in their sentence are equal, so that rewording a rule changes no row.
public struct FindingRow: Hashable, Sendable {
  var device: DeviceKey?
  var day: UTCDay?
  /// The response that it is about; nil for findings about a device-day.
  var response: Int64?
  var departedAt: Date?
  var rule: String
  var severity: String
  var occurrences: Int32
  var detail: String
  var sample: String?

  public init(_ finding: Finding, device: DeviceKey?, response: ResponseKey?) {
    self.device = device
    day = finding.day
    self.response = response?.number
    departedAt = finding.departedAt
    rule = finding.rule
    severity = finding.severity.rawValue
    occurrences = Int32(clamping: finding.occurrences)
    detail = finding.detail
    sample = finding.sample
  }

  init(_ row: Row) throws {
    device = try row.decode("device_key")
    day = try row.decode("day")
    response = try row.decode("response_key")
    departedAt = try row.decode("departed_at")
    rule = try row.decode("rule")
    severity = try row.decode("severity")
    occurrences = try row.decode("occurrences")
    detail = try row.decode("detail")
    sample = try row.decode("sample")
  }

  public static func == (left: FindingRow, right: FindingRow) -> Bool {
    left.device == right.device && left.day == right.day && left.response == right.response
      && left.departedAt == right.departedAt && left.rule == right.rule && left.severity == right.severity
      && left.occurrences == right.occurrences && left.sample == right.sample
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(response)
    hasher.combine(departedAt)
    hasher.combine(rule)
    hasher.combine(occurrences)
    hasher.combine(sample)
  }
}

extension Array where Element: Hashable {
  /// How often each element occurs: equal for arrays that differ only in order.
  var counted: [Element: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
