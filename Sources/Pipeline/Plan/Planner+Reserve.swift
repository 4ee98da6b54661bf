import FleetModel
import FoundationEssentials

extension Planner {
  /// Calls kept free for the night in addition to the list and one per recently active device.
  static let reserveMargin = 2

  /// What a backfill leaves for the coming night: one call per device active in the last 7 days, the list, and a margin. A nightly run
  /// leaves nothing.
  func reserve(for goal: Goal, facts: [DeviceFacts], dailyCalls: Int, now: Date) -> Int {
    guard case .backfill = goal else { return 0 }
    let weekAgo = now.addingTimeInterval(-7 * 86_400)
    let active = facts.count { $0.isListed && ($0.onlineAt.map { $0 >= weekAgo } ?? false) }
    return min(active + 1 + Self.reserveMargin, dailyCalls)
  }
}
