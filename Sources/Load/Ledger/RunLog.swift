import FleetModel
import FoundationEssentials
import Postgres

public struct RunKey: Hashable, Sendable {
  public let value: Int64
}

/// The table `etl.run`: one row per invocation, with what it did.
public struct RunLog: Sendable {
  public let run: RunKey

  public init(
    account: AccountKey, command: String, version: String, host: String, processID: Int32, now: Date,
    on db: isolated Connection
  ) throws {
    run = RunKey(
      value: try db.query(
        """
        insert into etl.run (account_key, command, version, host, process_id, started_at)
        values (\(account), \(command), \(version), \(host), \(processID), \(now))
        returning run_key
        """
      )[0].decode("run_key"))
  }

  /// What a run did, in device-days except for the calls.
  public struct Totals: Hashable, Sendable {
    public var calls = 0
    public var loaded = 0
    public var unchanged = 0
    public var empty = 0
    public var failed = 0

    public init() {}
  }

  /// - Parameter reason: the stable word for an early end; nil for none.
  public func end(
    _ totals: Totals, exitCode: Int32, reason: String? = nil, message: String?, now: Date, on db: isolated Connection
  ) throws {
    _ = try db.execute(
      """
      update etl.run
      set ended_at = \(now), exit_code = \(exitCode), reason = \(reason), message = \(message), calls = \(Int32(totals.calls)),
          loaded_days = \(Int32(totals.loaded)), unchanged_days = \(Int32(totals.unchanged)),
          empty_days = \(Int32(totals.empty)), failed_days = \(Int32(totals.failed))
      where run_key = \(run.value)
      """)
  }
}
