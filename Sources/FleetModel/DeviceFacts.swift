import FoundationEssentials

/// What is known of a device when calls are planned.
public struct DeviceFacts: Hashable, Sendable {
  public var device: DeviceID
  public var name: String?
  /// Whether the current device list names it.
  public var isListed: Bool
  /// Last activity according to the list; nil: never active.
  public var onlineAt: Date?
  /// Last contact according to the list.
  public var heartbeatAt: Date?
  /// Whether the list gives the status code 1, parked.
  public var isParked: Bool
  /// From which day on the nightly run covers the device; nil until its first run.
  public var followedFrom: UTCDay?
  /// The days that were ever wanted.
  public var days: [UTCDay: DayFacts]
  /// The spans that device lists prove to be without activity.
  public var quietSpans: [QuietSpan]
  /// Days of which nothing may be kept.
  public var erasedDays: [ClosedRange<UTCDay>] = []

  public init(
    device: DeviceID, name: String? = nil, isListed: Bool = true, onlineAt: Date? = nil, heartbeatAt: Date? = nil,
    isParked: Bool = false, followedFrom: UTCDay? = nil, days: [UTCDay: DayFacts] = [:], quietSpans: [QuietSpan] = []
  ) {
    self.device = device
    self.name = name
    self.isListed = isListed
    self.onlineAt = onlineAt
    self.heartbeatAt = heartbeatAt
    self.isParked = isParked
    self.followedFrom = followedFrom
    self.days = days
    self.quietSpans = quietSpans
  }

  /// Whether the device was online at its last contact, so that a route may be under way.
  public var isMoving: Bool {
    guard let onlineAt, let heartbeatAt else { return false }
    return onlineAt >= heartbeatAt && !isParked
  }

  public func isErased(_ day: UTCDay) -> Bool {
    erasedDays.contains { $0.contains(day) }
  }

  /// Whether lists prove that nothing happened on `day`: the last activity before its start, a heartbeat at or after its end.
  public func isSealedEmpty(_ day: UTCDay) -> Bool {
    quietSpans.contains { ($0.lastActivity.map { $0 < day.start } ?? true) && $0.heartbeat >= day.end }
  }
}

/// A device was not active after `lastActivity` up to `heartbeat`, as one list says.
public struct QuietSpan: Hashable, Sendable {
  /// Nil: never active before.
  public var lastActivity: Date?
  public var heartbeat: Date

  public init(lastActivity: Date?, heartbeat: Date) {
    self.lastActivity = lastActivity
    self.heartbeat = heartbeat
  }
}

/// A device-day that someone asked for.
public struct WantedDay: Hashable, Sendable {
  public let device: DeviceID
  public let day: UTCDay

  public init(device: DeviceID, day: UTCDay) {
    self.device = device
    self.day = day
  }
}

/// What is known of a device-day when calls are planned.
public struct DayFacts: Hashable, Sendable {
  public var state: DayState
  public var fetchedAt: Date?
  /// Failed attempts since the last whole response.
  public var failedAttempts: Int
  /// Until when the nightly run leaves a failed day alone.
  public var retryAt: Date?

  public init(state: DayState, fetchedAt: Date? = nil, failedAttempts: Int = 0, retryAt: Date? = nil) {
    self.state = state
    self.fetchedAt = fetchedAt
    self.failedAttempts = failedAttempts
    self.retryAt = retryAt
  }
}
