import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres

/// A device-day that a run gave up.
public struct FailedDay: Hashable, Sendable {
  public let call: PlannedCall
  public let fault: Fault
}

/// What a run did, and why it ended.
public struct SyncResult: Sendable {
  public var totals = RunLog.Totals()
  /// Nil if the run ended before the plan was made.
  public var plan: PricedPlan?
  /// Calls left in the quota after the run and at the next 00:00 UTC, to compare with the plan; nil if the database was lost.
  public var callsLeft: (now: Int, tonight: Int)?
  /// Planned device-days that were not done.
  public var left = 0
  public var failedDays: [FailedDay] = []
  /// Vehicles that this run is the first to cover. Their earlier days are left to backfills.
  public var newDevices: [Devices.UnaskedHistory] = []
  /// Sub-users whose token was refused, or who see nothing. The others went on.
  public var failedUsers: [FailedUser] = []
  /// Responses that are archived but could not be loaded. That is a bug; the next run tries again.
  public var loadErrors: [String] = []
  /// Responses that an earlier run archived and this one loaded.
  public var recovered: [ResponseKey] = []
  /// Findings that make this run a failure, see `--fail-on`.
  public var failingFindings: [FoundFinding] = []
  /// Why it ended early; nil if everything was done.
  public var stop: StopReason?
  /// What failed on this side, such as a lost database connection.
  public var failure: (any Error)?
  /// The signal that asked the run to stop.
  public var signal: Int32?

  public init() {}

  /// When a job that waits should continue; nil if everything is done or waiting does not help.
  public func nextAttempt(now: Date) -> Date? {
    if let failure {
      guard let error = (failure as? UnarchivedResponse)?.cause ?? failure as? PostgresError else { return nil }
      return error.pause.map(now.addingTimeInterval)
    }
    return stop?.nextAttempt(now: now)
  }

  /// Adds what a later attempt at the same goal did.
  public mutating func add(_ later: SyncResult) {
    totals.calls += later.totals.calls
    totals.loaded += later.totals.loaded
    totals.unchanged += later.totals.unchanged
    totals.empty += later.totals.empty
    totals.failed = later.totals.failed
    plan = plan ?? later.plan
    newDevices += later.newDevices
    callsLeft = later.callsLeft
    loadErrors = later.loadErrors
    recovered += later.recovered
    failingFindings += later.failingFindings
    failedUsers = later.failedUsers
    (left, failedDays, stop, failure, signal) = (later.left, later.failedDays, later.stop, later.failure, later.signal)
  }
}
