import FleetModel
import FoundationEssentials

/// What a person or the night asks for.
public enum Goal: Hashable, Sendable {
  /// All that is due; a device that is new is covered from `firstDays` days back.
  case nightly(firstDays: Int)
  /// A range of days, for some devices or all. Refetching asks again for days that are closed.
  case backfill(ClosedRange<UTCDay>, devices: Set<DeviceID>?, refetch: Bool)
}

/// One call worth making.
public struct PlannedCall: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// A day that ended and was never fetched.
    case newDay = "new_day"
    /// A provisional day whose reason is gone.
    case provisional
    /// A day that failed and whose back-off is over.
    case retry
    /// A day asked for by range.
    case backfill
    /// A closed day asked for by name.
    case refetch
  }

  public let device: DeviceID
  public let day: UTCDay
  public let reason: Reason
  /// When the day was fetched last, as the plan knows it; another process may have fetched it since.
  public let fetchedAt: Date?

  public init(device: DeviceID, day: UTCDay, reason: Reason, fetchedAt: Date? = nil) {
    self.device = device
    self.day = day
    self.reason = reason
    self.fetchedAt = fetchedAt
  }

  /// Whether the call is still worth making: nobody has fetched the day since the plan was made, and no response for another day has
  /// closed it.
  ///
  /// - Parameter known: the checkpoint as it stands now; nil where there is none.
  func isDue(_ known: DayFacts?) -> Bool {
    guard let known else { return true }
    return known.fetchedAt == fetchedAt && (reason == .refetch || !known.state.isClosed)
  }
}

/// A day that needs no call, or must wait.
public struct SkippedDay: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    case alreadyFinal = "already_final"
    /// Device lists prove it empty.
    case provenEmpty = "proven_empty"
    /// Not in the current device list.
    case notListed = "not_listed"
    /// No contact since the day ended.
    case notHeard = "not_heard"
    /// Under way: a route that began on the day may still be running.
    case moving
    /// Fetched, and nothing new can be known since.
    case nothingNew = "nothing_new"
    /// Failed, and its back-off is not over.
    case backingOff = "backing_off"
    /// Erased: it is never asked for again.
    case erased
  }

  public let device: DeviceID
  public let day: UTCDay
  public let reason: Reason
}

/// Ordered calls with a reason for each, and what is skipped and why.
public struct Plan: Hashable, Sendable {
  /// In the order to make them.
  public var calls: [PlannedCall] = []
  public var skipped: [SkippedDay] = []
  /// Devices that the nightly run meets for the first time, with the first day that it covers.
  public var newlyFollowed: [WantedDay] = []

  public init() {}

  /// Every device-day that was asked about and may be kept.
  public var wantedDays: [WantedDay] {
    calls.map { WantedDay(device: $0.device, day: $0.day) }
      + skipped.filter { $0.reason != .erased }.map { WantedDay(device: $0.device, day: $0.day) }
  }

  /// All device-days that were asked about.
  public var askedDays: Int { calls.count + skipped.count }

  public func skipped(_ reason: SkippedDay.Reason) -> [SkippedDay] {
    skipped.filter { $0.reason == reason }
  }
}
