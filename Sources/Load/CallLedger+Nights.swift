import FleetModel
import FoundationEssentials
import Postgres

extension CallLedger {
  /// What is to be expected of the nightly runs.
  public struct Nights: Hashable, Sendable {
    /// Seconds after 00:00 UTC at which they begin.
    public var startAfterMidnight: Double
    /// Calls that a night takes, on average, by weekday (`UTCDay.number` modulo 7) of the day on which it begins: a fleet drives less
    /// on weekends.
    public var calls: [Double]

    public init(startAfterMidnight: Double, calls: [Double]) {
      self.startAfterMidnight = startAfterMidnight
      self.calls = calls
    }

    /// From the nightly runs of the last whole weeks, four at most; nil before the first week is over.
    ///
    /// - Parameters:
    ///   - runs: when they began, in order.
    ///   - calls: when they called.
    public init?(runs: [Date], calls: [Date], before now: Date) {
      guard let first = runs.first, let last = runs.last else { return nil }
      let weeks = min(4, (now.timeIntervalSince(first) / 604_800).rounded(.down))
      guard weeks > 0 else { return nil }
      startAfterMidnight = last.timeIntervalSince(UTCDay(containing: last).start)
      self.calls = calls.reduce(into: Array(repeating: 0, count: 7)) { sums, call in
        guard call >= now.addingTimeInterval(-weeks * 604_800) else { return }
        sums[Int(UTCDay(containing: call).number) % 7] += 1 / weeks
      }
    }
  }

  /// What the nightly runs of the last weeks were like; nil before the first week of them is over.
  public func nights(before now: Date, on db: isolated Connection) throws -> Nights? {
    let runs = try db.query(
      """
      select started_at from etl.run
      where account_key = \(account) and command = 'run' and started_at between \(now.addingTimeInterval(-5 * 604_800)) and \(now)
      order by 1
      """)
    let calls = try db.query(
      """
      select api_call.started_at from etl.api_call join etl.run using (run_key)
      where api_call.account_key = \(account) and run.command = 'run' and outcome is distinct from 'unreached'
        and api_call.started_at between \(now.addingTimeInterval(-4 * 604_800)) and \(now)
      """)
    return Nights(
      runs: try runs.map { try $0.decode("started_at") }, calls: try calls.map { try $0.decode("started_at") },
      before: now)
  }
}
