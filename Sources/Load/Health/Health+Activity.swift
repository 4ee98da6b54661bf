import FoundationEssentials
import Postgres
import Schema

// Current activity in the database.

extension Health {
  /// An advisory lock of this program that a session holds.
  public struct HeldLock: Hashable, Sendable {
    /// `migrate`, `a call of egress …` or `a device-day`.
    public var what: String
    /// The backend's process ID.
    public var process: Int32
    /// Since when the session has been idle; nil while it is active or if this login may not see it.
    public var idleSince: Date?
  }

  public static func heldLocks(egresses: [String], on db: isolated Connection) throws -> [HeldLock] {
    let locks = egresses.map { CallLedger.lock(of: $0) } + [Migrator.lock]
    let names = egresses.map { "a call of egress \($0)" } + ["migrate"]
    return try db.query(
      """
      select coalesce(known.name, 'a device-day') as what, held.pid,
        case when activity.state like 'idle%' then activity.state_change end as idle_since
      from pg_catalog.pg_locks as held
      left join unnest(\(names)::text[], \(locks)::text[]) as known (name, lock)
        on held.objsubid = 1 and held.classid::bigint << 32 | held.objid::bigint = \(Connection.lockKey(of: "known.lock"))
      left join pg_catalog.pg_stat_activity as activity on activity.pid = held.pid
      where held.locktype = 'advisory' and held.granted
        and held.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and (known.name is not null or held.objsubid = 2 and activity.application_name = 'fleetize-etl')
      order by 1, 2
      """
    ).map {
      HeldLock(
        what: try $0.decode("what"), process: try $0.decode("pid"), idleSince: try $0.decode("idle_since"))
    }
  }

  /// A call in the ledger that has not ended.
  public struct OpenCall: Hashable, Sendable {
    public var egress: String
    public var startedAt: Date
  }

  public static func openCalls(on db: isolated Connection) throws -> [OpenCall] {
    try db.query("select egress, started_at from etl.api_call where ended_at is null order by started_at").map {
      OpenCall(egress: try $0.decode("egress"), startedAt: try $0.decode("started_at"))
    }
  }

  /// A transaction in this database.
  public struct LongTransaction: Hashable, Sendable {
    public var process: Int32
    public var user: String
    public var application: String
    public var startedAt: Date
  }

  /// The transactions that began before `moment` by the server's clock, and the number of sessions that this login may not see.
  public static func transactions(
    before moment: Date, on db: isolated Connection
  ) throws -> (long: [LongTransaction], hiddenSessions: Int) {
    let rows = try db.query(
      """
      select pid, coalesce(usename::text, '') as user, coalesce(application_name, '') as application, xact_start
      from pg_catalog.pg_stat_activity
      where datname = current_database() and pid <> pg_catalog.pg_backend_pid() and xact_start < \(moment)
      order by xact_start
      """)
    let hidden: Int64 = try db.query(
      """
      select count(*) as sessions
      from pg_catalog.pg_stat_activity
      where datname = current_database() and backend_type is null
      """)[0].decode("sessions")
    return (
      try rows.map {
        LongTransaction(
          process: try $0.decode("pid"), user: try $0.decode("user"), application: try $0.decode("application"),
          startedAt: try $0.decode("xact_start"))
      }, Int(hidden)
    )
  }

  /// The state of an account's nightly job.
  public struct NightlyJob: Hashable, Sendable {
    /// When the last `run` with exit code 0 or 2 ended.
    public var lastSuccess: Date?
    /// When the last `run` started, and its exit code; nil while it is running and if it was killed.
    public var lastRun: Date?
    public var lastExitCode: Int32?
    public var blockedSince: Date?
    /// When the vendor last reported that calls came too fast (error 1055).
    public var lastTooFast: Date?
    /// Since when the API has not answered as its document says, and what the last run said of it.
    public var deviation: Deviation?

    public struct Deviation: Hashable, Sendable {
      public var since: Date
      public var message: String
    }

    public init() {}
  }

  /// - Returns: nil for an account that this database does not have.
  public static func nightlyJob(of account: String, egress: String, on db: isolated Connection) throws -> NightlyJob? {
    guard let key = try AccountKey(named: account, on: db) else { return nil }
    var job = NightlyJob()
    job.lastSuccess = try db.query(
      """
      select max(ended_at) as ended_at from etl.run
      where account_key = \(key) and command = 'run' and exit_code in (0, 2)
      """)[0].decode("ended_at")
    let last = try db.query(
      """
      select started_at, exit_code from etl.run
      where account_key = \(key) and command = 'run' order by started_at desc limit 1
      """
    ).first
    job.lastRun = try last?.decode("started_at")
    job.lastExitCode = try last?.decode("exit_code")
    job.blockedSince = try db.query(
      "select min(blocked_at) as since from etl.account_block where account_key = \(key) and unblocked_at is null")[0]
      .decode("since")
    job.lastTooFast = try db.query(
      "select max(ended_at) as at from etl.api_call where egress = \(egress) and vendor_code = 1055")[0].decode("at")
    if let since = try CallLedger(account: key, egress: egress).deviationSince(on: db) {
      let message: String? = try db.query(
        """
        select message from etl.run
        where account_key = \(key) and reason = 'protocol' order by ended_at desc limit 1
        """
      ).first?.decode("message")
      job.deviation = NightlyJob.Deviation(since: since, message: message ?? "")
    }
    return job
  }
}
