import FoundationEssentials

/// What is known about a device when calls are planned.
public struct DeviceFacts: Hashable, Sendable {
  public var device: DeviceID
  public var name: String?
  /// Whether the current device list contains it.
  public var isListed: Bool
  /// Last activity according to the list; nil if it was never active.
  public var onlineAt: Date?
  /// Last contact according to the list.
  public var heartbeatAt: Date?
  /// Whether the list gives status code 1, parked.
  public var isParked: Bool
  /// The first day that the nightly run covers; nil until the device's first run.
  public var followedFrom: UTCDay?
  /// Every day that was ever asked for or due.
  public var days: [UTCDay: DayFacts]
  /// Spans without activity, as proven by seals.
  public var inactiveSpans: [InactiveSpan]
  /// The first day that is no longer asked for, because the vehicle was sold; nil while it is in use.
  public var retiredFrom: UTCDay?
  /// Days for which no data may be kept.
  public var erasedDays: [ClosedRange<UTCDay>] = []

  public init(
    device: DeviceID, name: String? = nil, isListed: Bool = true, onlineAt: Date? = nil, heartbeatAt: Date? = nil,
    isParked: Bool = false, followedFrom: UTCDay? = nil, days: [UTCDay: DayFacts] = [:],
    inactiveSpans: [InactiveSpan] = []
  ) {
    self.device = device
    self.name = name
    self.isListed = isListed
    self.onlineAt = onlineAt
    self.heartbeatAt = heartbeatAt
    self.isParked = isParked
    self.followedFrom = followedFrom
    self.days = days
    self.inactiveSpans = inactiveSpans
  }

  /// Whether a route may be under way: the device was active at its last contact.
  public var isMoving: Bool {
    guard let onlineAt, let heartbeatAt else { return false }
    return onlineAt >= heartbeatAt && !isParked
  }

  public func isRetired(_ day: UTCDay) -> Bool {
    retiredFrom.map { day >= $0 } ?? false
  }

  public func isErased(_ day: UTCDay) -> Bool {
    erasedDays.contains { $0.contains(day) }
  }

  /// Whether a seal proves that `day` has no routes: last activity before its start, heartbeat at or after its end.
  public func isSealedEmpty(_ day: UTCDay) -> Bool {
    inactiveSpans.contains { ($0.lastActivity.map { $0 < day.start } ?? true) && $0.heartbeat >= day.end }
  }
}

/// One seal's evidence: the device was not active after `lastActivity` until `heartbeat`.
public struct InactiveSpan: Hashable, Sendable {
  /// Nil if it was never active before.
  public var lastActivity: Date?
  public var heartbeat: Date

  public init(lastActivity: Date?, heartbeat: Date) {
    self.lastActivity = lastActivity
    self.heartbeat = heartbeat
  }
}

/// A device-day, by its device and day alone.
public struct DeviceDayID: Hashable, Sendable {
  public let device: DeviceID
  public let day: UTCDay

  public init(device: DeviceID, day: UTCDay) {
    self.device = device
    self.day = day
  }
}

/// What is known about a device-day when calls are planned.
public struct DayFacts: Hashable, Sendable {
  public var state: DayState
  public var fetchedAt: Date?
  /// Failed attempts since the last complete response.
  public var failedAttempts: Int
  /// The earliest time at which the nightly run tries a failed day again.
  public var retryAt: Date?
  /// From when on a call can settle whether the odometer or the routes are right; nil unless that is the reason of the state.
  public var recheckAt: Date?
  /// Routes that depart on the day.
  public var routeCount: Int

  public init(
    state: DayState, fetchedAt: Date? = nil, failedAttempts: Int = 0, retryAt: Date? = nil, recheckAt: Date? = nil,
    routeCount: Int = 0
  ) {
    self.routeCount = routeCount
    self.recheckAt = recheckAt
    self.state = state
    self.fetchedAt = fetchedAt
    self.failedAttempts = failedAttempts
    self.retryAt = retryAt
  }
}
