import FoundationEssentials

/// What the kept responses say about the completeness of one device-day.
public struct DayEvidence: Hashable, Sendable {
  /// When the latest whole response for the day was requested; nil when there is none.
  public var fetchedAt: Date?
  /// Routes that depart on the day, from whichever response.
  public var routeCount: Int
  /// A reading known at the fetch, that of the response itself included, has its heartbeat at or after the day's end.
  public var wasHeardFrom: Bool
  /// What began on the day had ended, and the vendor knew of it, at the fetch. A reading with its heartbeat at or after the day's
  /// end shows the last activity before the day's end; or it was known at the fetch or is that of the response itself, and says parked; or it is later than the
  /// fetch and shows the last activity before a heartbeat known at the fetch. (Activity between that heartbeat and the fetch does
  /// not count: what the device did then it may have told only afterwards.)
  public var wasAtRest: Bool
  /// A route departs between the day's end and the last heartbeat known at the fetch: what began on the day had ended before.
  public var hasLaterRoute: Bool
  /// A device list shows the last activity before the day's start and a heartbeat at or after its end.
  public var isSealedEmpty: Bool
  /// A device list was requested when the settling time after the day's end was over.
  public var isSettled: Bool

  public init(
    fetchedAt: Date?, routeCount: Int, wasHeardFrom: Bool, wasAtRest: Bool, hasLaterRoute: Bool, isSealedEmpty: Bool,
    isSettled: Bool
  ) {
    self.fetchedAt = fetchedAt
    self.routeCount = routeCount
    self.wasHeardFrom = wasHeardFrom
    self.wasAtRest = wasAtRest
    self.hasLaterRoute = hasLaterRoute
    self.isSealedEmpty = isSealedEmpty
    self.isSettled = isSettled
  }
}

/// What is known of a device-day, with the reason.
///
/// A pure function of the evidence, and evidence only grows: a day goes from pending over provisional to final or empty and never back.
///
/// The first row that applies decides. "Later" means that the response was requested at or after the day's end.
///
/// | response | evidence | state |
/// |---|---|---|
/// | none | no routes from other responses, and sealed empty | empty, `sealed` |
/// | none | else | pending |
/// | later | heard from, and at rest or a later route | final or empty, `proven` |
/// | any | no routes and sealed empty | empty, `sealed` |
/// | later | settling time over | final or empty, `settled` |
/// | earlier | else | provisional, `day_not_over` |
/// | later | not heard from since the day's end | provisional, `not_heard` |
/// | later | else | provisional, `may_be_running` |
public enum DayState: Hashable, Sendable {
  public enum OpenReason: String, Hashable, Sendable {
    /// Fetched before the day had ended.
    case dayNotOver = "day_not_over"
    /// The device has not been heard from since the day ended: it may hold routes back.
    case notHeard = "not_heard"
    /// A route that began on the day may still be running; a route shows up only when finished.
    case mayBeRunning = "may_be_running"
  }

  public enum ClosedReason: String, Hashable, Sendable {
    case proven
    case sealed
    case settled
  }

  case pending
  case provisional(OpenReason)
  case final(ClosedReason)
  /// Final without routes.
  case empty(ClosedReason)

  public init(of day: UTCDay, given evidence: DayEvidence) {
    guard let fetchedAt = evidence.fetchedAt else {
      self = evidence.isSealedEmpty && evidence.routeCount == 0 ? .empty(.sealed) : .pending
      return
    }
    func closed(_ reason: ClosedReason) -> DayState {
      evidence.routeCount == 0 ? .empty(reason) : .final(reason)
    }
    if fetchedAt >= day.end, evidence.wasHeardFrom, evidence.wasAtRest || evidence.hasLaterRoute {
      self = closed(.proven)
    } else if evidence.routeCount == 0, evidence.isSealedEmpty {
      self = .empty(.sealed)
    } else if fetchedAt >= day.end, evidence.isSettled {
      self = closed(.settled)
    } else if fetchedAt < day.end {
      self = .provisional(.dayNotOver)
    } else {
      self = .provisional(evidence.wasHeardFrom ? .mayBeRunning : .notHeard)
    }
  }

  /// The column `state` of a checkpoint.
  public var name: String {
    switch self {
    case .pending: "pending"
    case .provisional: "provisional"
    case .final: "final"
    case .empty: "empty"
    }
  }

  /// The column `reason` of a checkpoint.
  public var reason: String? {
    switch self {
    case .pending: nil
    case .provisional(let reason): reason.rawValue
    case .final(let reason), .empty(let reason): reason.rawValue
    }
  }

  public init?(name: String, reason: String?) {
    let closed = reason.flatMap(ClosedReason.init)
    switch name {
    case "pending": self = .pending
    case "provisional":
      guard let open = reason.flatMap(OpenReason.init) else { return nil }
      self = .provisional(open)
    case "final":
      guard let closed else { return nil }
      self = .final(closed)
    case "empty":
      guard let closed else { return nil }
      self = .empty(closed)
    default: return nil
    }
  }

  public var isClosed: Bool {
    switch self {
    case .final, .empty: true
    case .pending, .provisional: false
    }
  }
}
