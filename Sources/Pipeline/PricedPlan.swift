import Extract
import FleetModel
import FoundationEssentials
import Load

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
  /// Calls that are left for tonight's run when this goal has spent what it may.
  public let callsLeftTonight: Int
  /// When the last call will have been made if the work is kept going (`--wait`, or started again each time); nil when it cannot be
  /// told: the quota leaves nothing beside the nights, or the account is blocked.
  public let expectedEnd: Date?

  init(
    _ plan: Plan, for goal: Goal, needsList: Bool, reserve: Int, night: Date, nights: CallLedger.Nights?,
    pacing: Pacing,
    snapshot: LedgerSnapshot, now: Date
  ) {
    self.plan = plan
    self.needsList = needsList
    self.reserve = reserve
    let calls = plan.calls.count + (needsList ? 1 : 0)
    callsLeft = pacing.callsLeft(snapshot, at: now)
    callsAvailable = pacing.callsAvailable(snapshot, at: now, reserving: reserve, at: night)
    let spentNow = min(calls, callsAvailable)
    callsLeftTonight = max(0, pacing.callsLeft(snapshot, at: UTCDay(containing: now).end) - spentNow)
    // Before there is a week of nights to learn from, each is taken to need all that is kept for it.
    let unknown = CallLedger.Nights(
      startAfterMidnight: 0, calls: Array(repeating: Double(max(0, reserve - Planner.reserveMargin)), count: 7))
    expectedEnd = Forecast(pacing: pacing, reserve: reserve, nights: nights ?? unknown)
      .end(of: calls, from: snapshot, night: reserve > 0 ? night : .distantFuture, now: now)
  }

  /// All calls, the device list included.
  public var calls: Int { plan.calls.count + (needsList ? 1 : 0) }
}
