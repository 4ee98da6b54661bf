import FleetModel
import FoundationEssentials
import Postgres

extension CallLedger {
  /// The nightly runs of a period.
  public struct NightlyRuns: Hashable, Sendable {
    /// When they started, in order.
    public var starts: [Date]
    /// When they made calls, without calls that never reached the API.
    public var calls: [Date]

    public init(starts: [Date], calls: [Date]) {
      self.starts = starts
      self.calls = calls
    }
  }

  /// The nightly runs that started at `start` or later.
  public func nightlyRuns(since start: Date, before now: Date, on db: isolated Connection) throws -> NightlyRuns {
    let runs = try db.query(
      """
      select started_at from etl.run
      where account_key = \(account) and command = 'run' and started_at between \(start) and \(now)
      order by 1
      """)
    let calls = try db.query(
      """
      select api_call.started_at from etl.api_call join etl.run using (run_key)
      where api_call.account_key = \(account) and run.command = 'run' and outcome is distinct from 'unreached'
        and api_call.started_at between \(start) and \(now)
      """)
    return NightlyRuns(
      starts: try runs.map { try $0.decode("started_at") }, calls: try calls.map { try $0.decode("started_at") })
  }
}
