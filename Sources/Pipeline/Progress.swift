import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Hears what a run does, as it does it.
public protocol ProgressReporter: Sendable {
  func report(_ event: ProgressEvent)
}

public enum ProgressEvent: Sendable {
  /// The plan is made; calls are about to begin.
  case planned(PricedPlan, callInterval: Double)
  /// The next call leaves at `until`.
  case waiting(until: Date)
  /// The API could not be reached; tried again after some seconds.
  case retrying(Fault, after: Double)
  /// A device-day was loaded.
  case loaded(PlannedCall, routes: Int, points: Int, isUnchanged: Bool, state: DayState?, callsLeft: Int)
  /// A device-day failed in this attempt, and will be tried again in this run or not.
  case failed(PlannedCall, Fault, isLastAttempt: Bool)
  /// Another process did it, or a response in between closed it.
  case notNeeded(PlannedCall)
  /// Responses of a run that was killed were loaded first.
  case recovered(responses: Int)
  case note(String)
}
