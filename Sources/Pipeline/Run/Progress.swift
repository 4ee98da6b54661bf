import FleetModel
import FleetizeAPI
import FoundationEssentials

/// Receives what a run does, as it happens.
public protocol ProgressReporter: Sendable {
  func report(_ event: ProgressEvent)
}

public enum ProgressEvent: Sendable {
  /// The plan is made, and calls are about to begin.
  case planned(PricedPlan, callInterval: Double)
  /// The next call leaves at `until`. The reason is a clause.
  case waiting(until: Date, because: String)
  /// The API could not be reached. The call is tried again after some seconds.
  case retrying(Fault, after: Double)
  /// A device-day was loaded.
  case loaded(PlannedCall, routes: Int, points: Int, isUnchanged: Bool, state: DayState?, callsLeft: Int)
  /// A device-day failed. Unless this was the last attempt, the run tries again.
  case failed(PlannedCall, Fault, isLastAttempt: Bool)
  /// Another process fetched the device-day, or a response in between closed it.
  case notNeeded(PlannedCall)
  /// Responses that a killed run had archived were loaded.
  case recovered(responses: Int)
  case note(String)
}
