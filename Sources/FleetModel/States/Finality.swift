import FoundationEssentials

/// What the kept responses say about the completeness of one device-day.
public struct DayEvidence: Hashable, Sendable {
  /// When the latest complete response for the day was requested; nil when there is none.
  public var fetchedAt: Date?
  /// Routes that depart on the day, from whichever response.
  public var routeCount: Int
  /// Why that response does not show that its routes are all; nil when it does.
  public var doubt: DayState.OpenReason?
  /// A reading known at the fetch, that of the response itself included, has its heartbeat at or after the day's end.
  public var wasHeardFrom: Bool
  /// Every trip that began on the day had ended at the fetch, and the vendor knew of it. One of these holds:
  /// - a reading with its heartbeat at or after the day's end shows the last activity before the day's end;
  /// - such a reading, known at the fetch or that of the response itself, says parked;
  /// - a reading later than the fetch shows the last activity before a heartbeat known at the fetch. (The device may have uploaded
  ///   what it did between that heartbeat and the fetch only afterwards.)
  public var wasAtRest: Bool
  /// A route departs between the day's end and the last heartbeat known at the fetch: what began on the day had ended before.
  public var hasLaterRoute: Bool
  /// A device list shows the last activity before the day's start and a heartbeat at or after its end.
  public var isSealedEmpty: Bool
  /// A device list was requested when the settling time after the day's end was over.
  public var isSettled: Bool
  /// A device list later than the fetch shows a heartbeat at or after the day's end.
  public var wasHeardLater: Bool
  /// The API is known to serve days as old as this one was at the fetch, so that "no routes" means none. Assumed of days whose
  /// settling time was not over at the fetch.
  public var isWithinReach: Bool

  public init(
    fetchedAt: Date?, routeCount: Int, doubt: DayState.OpenReason? = nil, wasHeardFrom: Bool, wasAtRest: Bool,
    hasLaterRoute: Bool, isSealedEmpty: Bool, isSettled: Bool, wasHeardLater: Bool = false, isWithinReach: Bool = true
  ) {
    self.fetchedAt = fetchedAt
    self.routeCount = routeCount
    self.doubt = doubt
    self.wasHeardFrom = wasHeardFrom
    self.wasAtRest = wasAtRest
    self.hasLaterRoute = hasLaterRoute
    self.isSealedEmpty = isSealedEmpty
    self.isSettled = isSettled
    self.wasHeardLater = wasHeardLater
    self.isWithinReach = isWithinReach
  }
}

/// What is known of a device-day, with the reason: a pure function of the evidence.
///
/// The first row that applies counts:
///
/// | response | evidence | state |
/// |---|---|---|
/// | none | no routes, sealed empty | empty, `sealed` |
/// | none | else | pending |
/// | requested after the day's end, without doubt | heard from, and at rest or a later route; within reach, or routes | final or empty, `proven` |
/// | any | no routes, sealed empty | empty, `sealed` |
/// | requested after the day's end | no routes, not within reach | beyond_history |
/// | requested after the day's end | settling time over, not heard from, heard later | provisional, `heard_again` |
/// | requested after the day's end | settling time over | final or empty, `settled` |
/// | requested before the day's end | else | provisional, `day_not_over` |
/// | requested after the day's end, with a doubt | else | provisional, that doubt |
/// | requested after the day's end | not heard from | provisional, `not_heard` |
/// | requested after the day's end | else | provisional, `may_be_running` |
///
/// A day that is closed by these rows but lies in a span whose odometer disagrees is provisional, `odometer_mismatch`, until it is
/// fetched once more.
public enum DayState: Hashable, Sendable {
  public enum OpenReason: String, Hashable, Sendable, CaseIterable {
    /// Fetched before the day had ended.
    case dayNotOver = "day_not_over"
    /// The device has not been heard from since the day ended: it may hold routes back.
    case notHeard = "not_heard"
    /// A route that began on the day may still be running; a route shows up only when finished.
    case mayBeRunning = "may_be_running"
    /// The full response took the API too long, so the points were left out of the request.
    case pointsLeftOut = "points_left_out"
    /// The response has no list of routes.
    case routesAbsent = "routes_absent"
    /// A tag of the response suggests that more routes follow.
    case routesPaged = "routes_paged"
    /// The day had settled when its device was heard from again.
    case heardAgain = "heard_again"
    /// The odometer rose by another distance than the routes of the span that the day lies in.
    case odometerMismatch = "odometer_mismatch"
  }

  public enum ClosedReason: String, Hashable, Sendable, CaseIterable {
    case proven
    case sealed
    case settled
  }

  case pending
  case provisional(OpenReason)
  case final(ClosedReason)
  /// Final without routes.
  case empty(ClosedReason)
  /// Answered without routes, and older than any day that the API is known to serve. Closed, but not complete.
  case beyondHistory

  public init(of day: UTCDay, given evidence: DayEvidence) {
    guard let fetchedAt = evidence.fetchedAt else {
      self = evidence.isSealedEmpty && evidence.routeCount == 0 ? .empty(.sealed) : .pending
      return
    }
    let isEmpty = evidence.routeCount == 0
    func closed(_ reason: ClosedReason) -> DayState { isEmpty ? .empty(reason) : .final(reason) }
    let isOver = fetchedAt >= day.end
    let isProven =
      isOver && evidence.doubt == nil && evidence.wasHeardFrom
      && (evidence.wasAtRest || evidence.hasLaterRoute)
    if isProven, !isEmpty || evidence.isWithinReach {
      self = closed(.proven)
    } else if isEmpty, evidence.isSealedEmpty {
      self = .empty(.sealed)
    } else if isOver, isEmpty, !evidence.isWithinReach {
      self = .beyondHistory
    } else if isOver, evidence.isSettled {
      self = evidence.wasHeardLater && !evidence.wasHeardFrom ? .provisional(.heardAgain) : closed(.settled)
    } else if !isOver {
      self = .provisional(.dayNotOver)
    } else if let doubt = evidence.doubt {
      self = .provisional(doubt)
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
    case .beyondHistory: "beyond_history"
    }
  }

  /// The column `reason` of a checkpoint.
  public var reason: String? {
    switch self {
    case .pending, .beyondHistory: nil
    case .provisional(let reason): reason.rawValue
    case .final(let reason), .empty(let reason): reason.rawValue
    }
  }

  public init?(name: String, reason: String?) {
    let closed = reason.flatMap(ClosedReason.init)
    switch name {
    case "pending": self = .pending
    case "beyond_history": self = .beyondHistory
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
    case .final, .empty, .beyondHistory: true
    case .pending, .provisional: false
    }
  }
}
