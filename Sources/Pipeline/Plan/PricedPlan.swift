import Extract
import FleetModel
import FoundationEssentials

/// A plan with what it costs.
public struct PricedPlan: Sendable {
  public let plan: Plan
  /// Finds the end of the API's history while the plan is carried out; nil for a goal that does not go back in time.
  let history: HistorySearch?
  /// Device lists to call for first, one per user of the account; 0 if none is needed or all are taken.
  public let lists: Int
  /// Calls kept free for the coming night.
  public let reserve: Int
  /// Calls that fit into the quota now.
  public let callsLeft: Int
  /// Of those, the calls that this goal may spend now.
  public let callsAvailable: Int
  /// Calls left for tonight's run after this goal has spent what it may.
  public let callsLeftTonight: Int
  /// When the last call is expected if the work is kept going (`--wait`, or started again each time). Nil if that cannot be predicted:
  /// nightly runs use the whole quota, or the account is blocked.
  public let expectedEnd: Date?
  /// The 95 % range of the end: as few calls in the nights as likely, and as many; nil as above.
  public let earliestEnd: Date?
  public let latestEnd: Date?
  /// How many nights the ends are estimated from; nil if no night comes in between.
  public let knownNights: Int?

  /// - Parameters:
  ///   - users: users of the account, each with a device list of their own.
  ///   - night: when the calls that are kept for the night are needed.
  ///   - nights: what the coming nights are expected to need; nil for a goal that need not leave them anything.
  init(
    _ plan: Plan, history: HistorySearch? = nil, lists: Int, users: Int, reserve: Int, night: Date,
    nights: NightlyForecast?, pacing: Pacing,
    snapshot: LedgerSnapshot, now: Date
  ) {
    self.plan = plan
    self.history = history
    self.lists = lists
    self.reserve = reserve
    let calls = plan.calls.count + lists
    callsLeft = pacing.callsLeft(snapshot, at: now)
    callsAvailable = pacing.callsAvailable(snapshot, at: now, reserving: reserve, at: night)
    let spentNow = min(calls, callsAvailable)
    callsLeftTonight = max(0, pacing.callsLeft(snapshot, at: UTCDay(containing: now).end) - spentNow)
    func end(_ nights: NightlyDemand) -> Date? {
      Forecast(pacing: pacing, reserve: reserve, nights: nights, users: users)
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

  /// All calls, device lists included.
  public var calls: Int { plan.calls.count + lists }

  /// Calls for days that are older than any known route. They are saved if the API's history ends before them.
  public var uncertainCalls: Int {
    history.map { history in plan.calls.count { history.isUncertain($0.day) } } ?? 0
  }

  /// Whether a device list is called for first, which may change the plan.
  public var needsList: Bool { lists > 0 }
}
