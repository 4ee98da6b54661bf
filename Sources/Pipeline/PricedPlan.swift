import Extract
import FleetModel
import FoundationEssentials

/// A plan with what it costs.
public struct PricedPlan: Sendable {
  public let plan: Plan
  /// Whether a device list is called first.
  public let needsList: Bool
  /// Calls kept free for the coming night.
  public let reserve: Int
  /// Calls that fit into the quota now.
  public let callsLeft: Int
  /// Of those, the calls that this goal may spend now.
  public let callsAvailable: Int

  init(
    _ plan: Plan, for goal: Goal, needsList: Bool, reserve: Int, night: Date, pacing: Pacing, snapshot: LedgerSnapshot,
    now: Date
  ) {
    self.plan = plan
    self.needsList = needsList
    self.reserve = reserve
    callsLeft = pacing.callsLeft(snapshot, at: now)
    callsAvailable = pacing.callsAvailable(
      snapshot, at: now, reserving: reserve, at: night)
  }

  /// All calls, the device list included.
  public var calls: Int { plan.calls.count + (needsList ? 1 : 0) }
}
