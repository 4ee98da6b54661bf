import FleetModel
import FleetizeAPI
import Load

/// A device-day that failed in every attempt of a run.
public struct FailedDay: Hashable, Sendable {
  public let call: PlannedCall
  public let fault: Fault
}

/// What a run did and why it ended.
public struct SyncResult: Sendable {
  public var totals = RunLog.Totals()
  /// Nil when the run ended before it could plan.
  public var plan: Plan?
  /// Planned device-days that were not done.
  public var left = 0
  public var failedDays: [FailedDay] = []
  /// Why it ended early; nil when all was done.
  public var stop: StopReason?
  /// What went wrong on our side, such as a lost database.
  public var failure: (any Error)?
  /// The signal that asked to stop.
  public var signal: Int32?

  public init() {}
}
