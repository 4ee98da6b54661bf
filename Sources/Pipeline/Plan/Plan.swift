import FleetModel
import FoundationEssentials

/// What a run is to fetch.
public enum Goal: Hashable, Sendable {
  /// Everything that is due. A new device is covered from `firstDays` days back.
  case nightly(firstDays: Int)
  /// A range of days, for some devices or all. Refetching also asks for days that are closed, and `beyond` for those of them that lie
  /// beyond the API's history.
  case backfill(ClosedRange<UTCDay>, devices: Set<DeviceID>?, refetch: Bool, beyond: Bool = false)
}

/// One call worth making.
public struct PlannedCall: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A day that ended and was never fetched.
    case newDay = "new_day"
    /// A provisional day whose reason is gone.
    case provisional
    /// A day that failed and whose backoff is over.
    case retry
    /// A day in the range of a backfill.
    case backfill
    /// A closed day to fetch again.
    case refetch
    /// A day whose points were left out, because the API took too long.
    case points
    /// A closed day in a span whose odometer disagrees with the routes.
    case odometer
  }

  public let device: DeviceID
  public let day: UTCDay
  public let reason: Reason
  /// When the plan was made, the time of the last fetch. Another process may have fetched the day since.
  public let fetchedAt: Date?

  public init(device: DeviceID, day: UTCDay, reason: Reason, fetchedAt: Date? = nil) {
    self.device = device
    self.day = day
    self.reason = reason
    self.fetchedAt = fetchedAt
  }

  /// How often one run tries it.
  var mostAttempts: Int { reason == .points ? 1 : Agenda.attemptsPerRun }

  /// Whether the call is still worth making: since the plan was made, no process fetched the day and no response for another day
  /// closed it.
  ///
  /// - Parameter known: the current checkpoint; nil if there is none.
  func isDue(_ known: DayFacts?) -> Bool {
    guard let known else { return true }
    return known.fetchedAt == fetchedAt && (reason == .refetch || !known.state.isClosed)
  }
}

/// A day that needs no call or must wait.
public struct SkippedDay: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    case alreadyFinal = "already_final"
    /// Answered without routes, and older than any day that the API is known to serve.
    case beyondHistory = "beyond_history"
    /// Device lists prove it empty.
    case provenEmpty = "proven_empty"
    /// Not in the current device list.
    case notListed = "not_listed"
    /// No contact since the day ended.
    case notHeard = "not_heard"
    /// Moving: a route that began on the day may still be running.
    case moving
    /// Fetched, and nothing can have changed since.
    case nothingNew = "nothing_new"
    /// Failed, and its backoff is not over.
    case backingOff = "backing_off"
    /// Erased: never fetched again.
    case erased
    /// From the day on which the vehicle was retired.
    case retired
  }

  public let device: DeviceID
  public let day: UTCDay
  public let reason: Reason
}

/// Which calls to make, in which order and why, and which days are skipped and why.
public struct Plan: Hashable, Sendable {
  /// In the order to make them.
  public var calls: [PlannedCall] = []
  public var skipped: [SkippedDay] = []
  /// Devices that are new to nightly runs, with the first day covered.
  public var newlyFollowed: [DeviceDayID] = []

  /// What a nightly run could judge; nil for a backfill.
  public var night: NightSummary?

  public init() {}

  /// Every device-day of the goal that is not erased and not after its vehicle was retired.
  public var coveredDays: [DeviceDayID] {
    calls.map { DeviceDayID(device: $0.device, day: $0.day) }
      + skipped.filter { $0.reason != .erased && $0.reason != .retired }.map {
        DeviceDayID(device: $0.device, day: $0.day)
      }
  }

  /// How many device-days the goal covers.
  public var askedDays: Int { calls.count + skipped.count }

  public func skipped(_ reason: SkippedDay.Reason) -> [SkippedDay] {
    skipped.filter { $0.reason == reason }
  }
}
