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
  /// Calls that are left for tonight's run when this goal has spent what it may.
  public let callsLeftTonight: Int
  /// When the last call will have been made if the work is kept going (`--wait`, or started again each time); nil when it cannot be
  /// told: the quota leaves nothing beside the nights, or the account is blocked.
  public let expectedEnd: Date?
  /// The same if the nights take as few calls as they may, and as many, in 19 of 20 cases; nil as above.
  public let earliestEnd: Date?
  public let latestEnd: Date?
  /// NightlyDemand that the ends are judged by; nil where none comes in between.
  public let knownNights: Int?

  /// - Parameters:
  ///   - night: when the calls that are kept for the night are needed.
  ///   - nights: what is to be expected of the nights; nil for a goal that need not leave them anything.
  init(
    _ plan: Plan, needsList: Bool, reserve: Int, night: Date, nights: NightlyForecast?, pacing: Pacing,
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
    func end(_ nights: NightlyDemand) -> Date? {
      Forecast(pacing: pacing, reserve: reserve, nights: nights)
        .end(of: calls, from: snapshot, night: reserve > 0 ? night : .distantFuture, now: now)
    }
    expectedEnd = end(nights?.expected ?? NightlyDemand())
    knownNights = nights?.knownNights
    guard let nights, let expectedEnd else {
      (earliestEnd, latestEnd) = (expectedEnd, expectedEnd)
      return
    }
    let extremes = nights.extremes(overDays: expectedEnd.timeIntervalSince(now) / 86_400)
    (earliestEnd, latestEnd) = (end(extremes.fewest), end(extremes.most))
  }

  /// All calls, the device list included.
  public var calls: Int { plan.calls.count + (needsList ? 1 : 0) }
}
