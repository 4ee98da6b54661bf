import FleetModel
import FoundationEssentials
import Postgres

/// The status of an account.
public struct AccountStatus: Hashable, Sendable {
  /// Device-days by state: `pending`, `provisional`, `final`, `empty`, `failed`.
  public var deviceDays: [String: Int] = [:]
  /// The oldest pending or failed day.
  public var oldestMissingDay: UTCDay?
  public var devices = 0
  /// Findings by rule.
  public var findings: [String: Int] = [:]
  public var lastRun: LastRun?
  /// Oldest first.
  public var erasures: [Erasure] = []

  init() {}

  public struct LastRun: Hashable, Sendable {
    public var command: String
    public var startedAt: Date
    /// Nil while it is running and if it was killed.
    public var endedAt: Date?
    public var exitCode: Int32?
    /// The stable word for an early end; nil for none.
    public var reason: String?
    /// Why it ended as it did, as a sentence; nil if there is nothing to add.
    public var message: String?
    public var calls: Int32
  }
}

extension AccountStatus {
  public init(of account: AccountKey, on db: isolated Connection) throws {
    self.init()
    let states = try db.query(
      """
      select state, count(*) as days, min(day) filter (where state in ('pending', 'failed')) as oldest
      from bi.data_coverage
      where vehicle_key in (select device_key from warehouse.device where account_key = \(account))
      group by state
      """)
    for row in states {
      deviceDays[try row.decode("state")] = Int(try row.decode("days", as: Int64.self))
      let oldest: UTCDay? = try row.decode("oldest")
      oldestMissingDay = [oldestMissingDay, oldest].compactMap { $0 }.min()
    }
    devices = Int(
      try db.query("select count(*) as devices from warehouse.device where account_key = \(account)")[0]
        .decode("devices", as: Int64.self))
    let counts = try db.query(
      """
      select rule, sum(occurrences) as occurrences
      from (
        select rule, occurrences from etl.finding where account_key = \(account)
        union all
        select \(Rule.settledWithoutProof.code), 1
        from etl.checkpoint join warehouse.device using (device_key)
        where account_key = \(account) and reason = 'settled'
      ) as known
      group by rule
      """)
    for row in counts {
      findings[try row.decode("rule")] = Int(try row.decode("occurrences", as: Int64.self))
    }
    lastRun = try db.query(
      """
      select command, started_at, ended_at, exit_code, reason, message, calls from etl.run
      where account_key = \(account) order by started_at desc limit 1
      """
    ).first.map {
      AccountStatus.LastRun(
        command: try $0.decode("command"), startedAt: try $0.decode("started_at"), endedAt: try $0.decode("ended_at"),
        exitCode: try $0.decode("exit_code"), reason: try $0.decode("reason"), message: try $0.decode("message"),
        calls: try $0.decode("calls"))
    }
    erasures = try ErasureRegister(devices: Devices(account: account, timeZones: [:])).remembered(on: db).all
  }
}
