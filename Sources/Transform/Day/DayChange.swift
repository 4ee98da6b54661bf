import FleetModel
import FoundationEssentials

extension DayResponse {
  /// A finding that describes how this response differs from an earlier one for the same day; nil if its routes are the same.
  public func change(since earlier: DayResponse) -> Finding? {
    let former = Dictionary(earlier.routes.map { ($0.departedAt, $0) }) { first, _ in first }
    let current = Dictionary(routes.map { ($0.departedAt, $0) }) { first, _ in first }
    let added = current.keys.filter { former[$0] == nil }
    let removed = former.keys.filter { current[$0] == nil }
    let changed = current.filter { departure, route in former[departure].map { $0 != route } ?? false }
    guard !added.isEmpty || !removed.isEmpty || !changed.isEmpty else { return nil }
    let rule = Rule.dayChanged
    return Finding(
      rule: rule.code, severity: rule.severity, device: device, day: askedDay,
      detail: "\(rule.sentence) Routes added: \(added.count), removed: \(removed.count), changed: \(changed.count).",
      sample: (added + removed + changed.keys).min().map { $0.formatted(.iso8601) })
  }
}

extension Rule {
  static let dayChanged = Rule(
    "day_changed", .info,
    "The day was fetched again and differs from the previous response, which stays in the archive.")
}
