import FleetModel
import FoundationEssentials
import Postgres

/// The call ledger `etl.api_call`, shared by all processes on all hosts: what was sent, through which egress, and when it ended.
///
/// A row is committed before the socket opens. The lock of the egress is acquired before that and held until the outcome is known.
public struct CallLedger: Sendable {
  public let account: AccountKey
  /// The name of the IP address that calls come from.
  public let egress: String

  public init(account: AccountKey, egress: String) {
    self.account = account
    self.egress = egress
  }

  /// How a call ended.
  public enum Outcome: String, Sendable {
    /// A valid response.
    case answered
    /// A vendor error.
    case refused
    /// A response that cannot be used.
    case unusable
    /// Nothing was sent.
    case unreached
    /// Timeout, reset or killed; the vendor may have counted the call.
    case unknown
  }

  /// Takes the egress for one call, if no process holds it. Ends the open rows of callers that died, and now those that a wrong clock
  /// put into the future: otherwise they would end later and later.
  public func lock(now: Date, on db: isolated Connection) throws -> Bool {
    guard try db.tryAdvisoryLock(lock) else { return false }
    _ = try db.execute(
      """
      update etl.api_call
      set started_at = least(started_at, \(now)), ended_at = \(now), outcome = 'unknown', detail = 'the calling process died'
      where egress = \(egress) and ended_at is null
      """)
    _ = try db.execute(
      """
      update etl.api_call set started_at = least(started_at, \(now)), ended_at = \(now)
      where ended_at > \(now) and (egress = \(egress) or account_key = \(account))
      """)
    return true
  }

  public func unlock(on db: isolated Connection) throws {
    _ = try db.advisoryUnlock(lock)
  }

  /// Whether this account made the last call through the egress and another account uses it too.
  public func isTurnOfOthers(on db: isolated Connection) throws -> Bool {
    try db.query(
      """
      select exists (select from etl.account_limit where egress = \(egress) and account_key <> \(account))
        and \(account) = (
          select account_key from etl.api_call
          where egress = \(egress) and ended_at is not null
          order by ended_at desc, call_key desc limit 1
        ) as is_theirs
      """)[0].decode("is_theirs", as: Bool?.self) ?? false
  }

  private var lock: String { Self.lock(of: egress) }

  /// The name of the advisory lock of an egress, the same in every process.
  static func lock(of egress: String) -> String { "fleetize-etl egress \(egress)" }

  public func snapshot(now: Date, on db: isolated Connection) throws -> LedgerSnapshot {
    let last = try db.query("select max(ended_at) as ended_at from etl.api_call where egress = \(egress)")
    let ends = try db.query(
      """
      select coalesce(ended_at, \(now)) as ended_at from etl.api_call
      where account_key = \(account) and (ended_at is null or ended_at > \(now.addingTimeInterval(-86_400)))
        and outcome is distinct from 'unreached'
      order by 1
      """)
    let blocks = try db.query(
      "select blocked_at from etl.account_block where account_key = \(account) and unblocked_at is null limit 1")
    let recent = try db.query(
      """
      select vendor_code, ended_at from etl.api_call
      where egress = \(egress) and ended_at is not null and outcome <> 'unreached'
      order by ended_at desc, call_key desc limit 10
      """)
    let tooFast = try recent.prefix { try $0.decode("vendor_code", as: Int32?.self) == 1055 }
    let lastTooFast = try db.query(
      """
      select max(ended_at) as ended_at from etl.api_call
      where egress = \(egress) and ended_at > \(now.addingTimeInterval(-86_400)) and vendor_code = 1055
      """)
    return LedgerSnapshot(
      lastEndOnEgress: try last.first?.decode("ended_at"), accountEnds: try ends.map { try $0.decode("ended_at") },
      blockedSince: try blocks.first?.decode("blocked_at"), tooFastInARow: tooFast.count,
      lastTooFast: try lastTooFast.first?.decode("ended_at")
    ).asKnown(at: now)
  }

  /// When the calls reserved for the nightly run are needed: at the next 00:00 UTC, or now if this night's run is not done yet.
  public func nextNight(after now: Date, on db: isolated Connection) throws -> Date {
    let today = UTCDay(containing: now)
    let isDone = try !db.query(
      """
      select from etl.run
      where account_key = \(account) and command = 'run' and started_at between \(today.start) and \(now) and exit_code in (0, 2)
      limit 1
      """
    ).isEmpty
    return isDone ? today.end : now
  }

  /// Since when the API has not answered as its document says: when a run ended for this reason, without a usable response for a
  /// device-day since; nil if it does.
  public func deviationSince(on db: isolated Connection) throws -> Date? {
    try db.query(
      """
      select min(ended_at) as since from etl.run
      where account_key = \(account) and reason = 'protocol' and not exists (
        select from etl.api_call
        where api_call.account_key = \(account) and action = 'device' and outcome = 'answered' and api_call.ended_at > run.ended_at)
      """)[0].decode("since")
  }

  /// How many calls for a device-day took the API too long since the last answer and within the last hours: they ended by a timeout, a
  /// status 504 or a cut response.
  public func heavyAttempts(
    for day: UTCDay, of device: DeviceKey, now: Date, on db: isolated Connection
  ) throws -> Int {
    let calls = try db.query(
      """
      select outcome, fault, http_status from etl.api_call
      where device_key = \(device) and day = \(day) and started_at > \(now.addingTimeInterval(-Self.night))
      order by call_key desc
      """)
    return try calls.prefix { try $0.decode("outcome", as: String?.self) != Outcome.answered.rawValue }.count { row in
      let fault: String? = try row.decode("fault")
      let status: Int32? = try row.decode("http_status")
      return ["timed_out", "response_truncated"].contains(fault) || status == 504
    }
  }

  /// Attempts of this night, and none of the one before. In seconds.
  private static let night = 43_200.0

  /// Writes the row of a call that is about to be sent. Commit it before the socket opens.
  public func begin(
    _ request: Request, run: RunKey, device: DeviceKey?, now: Date, on db: isolated Connection
  ) throws -> Int64 {
    var day: UTCDay?
    if case .deviceDay(_, let asked) = request { day = asked }
    return try db.query(
      """
      insert into etl.api_call (run_key, account_key, egress, action, device_key, day, started_at)
      values (\(run.value), \(account), \(egress), \(request.action), \(device), \(day), \(now))
      returning call_key
      """
    )[0].decode("call_key")
  }

  public func end(
    _ call: Int64, at now: Date, outcome: Outcome, httpStatus: Int? = nil, fault: String? = nil,
    detail: String? = nil, on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      update etl.api_call
      set ended_at = greatest(\(now), started_at), outcome = \(outcome.rawValue), http_status = \(httpStatus.map(Int32.init)),
          fault = \(fault), detail = \(detail)
      where call_key = \(call)
      """)
  }

  /// Waits for pending changes to the row of a call and locks the row until the transaction ends.
  public func hold(_ call: Int64, on db: isolated Connection) throws {
    _ = try db.query("select from etl.api_call where call_key = \(call) for update")
  }

  /// Records the result of interpreting a response. Vendor error 1002 blocks the account.
  public func classify(
    _ call: Int64, outcome: Outcome, vendorCode: Int?, fault: String, detail: String, on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      update etl.api_call set outcome = \(outcome.rawValue), vendor_code = \(vendorCode.map(Int32.init)), fault = \(fault),
        detail = \(detail)
      where call_key = \(call)
      """)
    guard vendorCode == 1002 else { return }
    _ = try db.execute(
      """
      insert into etl.account_block (account_key, blocked_at, call_key)
      select \(account), ended_at, call_key from etl.api_call
      where call_key = \(call)
        and not exists (
          select from etl.account_block where account_key = \(account) and unblocked_at is null)
      """)
  }

  /// The latest calls of the account, newest last, one line per call, for the vendor's support.
  public func latestCalls(_ count: Int, on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select format('%s to %s  %-10s  %s%s%s', to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
                    coalesce(to_char(ended_at at time zone 'UTC', 'HH24:MI:SS.MS'), 'now'), action,
                    coalesce(outcome, 'in flight'), coalesce(', vendor error ' || vendor_code, ''),
                    case when egress <> \(egress) then ', egress ' || egress else '' end) as line
      from etl.api_call where account_key = \(account) order by call_key desc limit \(Int32(count))
      """
    ).map { try $0.decode("line") }.reversed()
  }

  /// Ends the account's block.
  public func unblock(now: Date, by person: String, on db: isolated Connection) throws {
    _ = try db.execute(
      """
      update etl.account_block set unblocked_at = \(now), unblocked_by = \(person)
      where account_key = \(account) and unblocked_at is null
      """)
  }
}
