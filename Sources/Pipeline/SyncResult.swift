import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres

/// A device-day that failed in every attempt of a run.
public struct FailedDay: Hashable, Sendable {
  public let call: PlannedCall
  public let fault: Fault
}

/// What a run did and why it ended.
public struct SyncResult: Sendable {
  public var totals = RunLog.Totals()
  /// Nil when the run ended before it could plan.
  public var plan: PricedPlan?
  /// Calls that the quota leaves in the end, now and at the next 00:00 UTC, to compare with the plan; nil when the database was lost.
  public var callsLeft: (now: Int, tonight: Int)?
  /// Planned device-days that were not done.
  public var left = 0
  public var failedDays: [FailedDay] = []
  /// Responses that are archived but could not be loaded: a fault of ours, tried again by the next run.
  public var loadErrors: [String] = []
  /// Responses that an earlier run had archived and this one loaded.
  public var recovered: [ResponseKey] = []
  /// Findings that make this run a failure, because somebody said so.
  public var failingFindings: [FoundFinding] = []
  /// Why it ended early; nil when all was done.
  public var stop: StopReason?
  /// What went wrong on our side, such as a lost database.
  public var failure: (any Error)?
  /// The signal that asked to stop.
  public var signal: Int32?

  public init() {}

  /// When to go on with what a person need not mend, for a job that waits; nil when all is done or waiting does not help.
  public func nextAttempt(now: Date) -> Date? {
    if let failure {
      guard let error = (failure as? UnarchivedResponse)?.cause ?? failure as? PostgresError else { return nil }
      return error.pause.map(now.addingTimeInterval)
    }
    return stop?.nextAttempt(now: now)
  }

  /// Takes in what a later attempt at the same goal did.
  public mutating func add(_ later: SyncResult) {
    totals.calls += later.totals.calls
    totals.loaded += later.totals.loaded
    totals.unchanged += later.totals.unchanged
    totals.empty += later.totals.empty
    totals.failed = later.totals.failed
    plan = plan ?? later.plan
    callsLeft = later.callsLeft
    loadErrors = later.loadErrors
    recovered += later.recovered
    failingFindings += later.failingFindings
    (left, failedDays, stop, failure, signal) = (later.left, later.failedDays, later.stop, later.failure, later.signal)
  }
}
