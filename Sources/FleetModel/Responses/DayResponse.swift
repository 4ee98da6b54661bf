import FoundationEssentials

/// A `device` response in our own terms: its reading and all of its routes, whichever day they depart on.
public struct DayResponse: Hashable, Sendable {
  public var device: DeviceID
  public var askedDay: UTCDay
  /// When the request left, UTC.
  public var requestedAt: Date
  /// Nil when the response's "device" node was unusable.
  public var reading: DeviceReading?
  /// In order of departure; no two depart at the same moment.
  public var routes: [Route]
  /// Routes of the response that could not be used. A response with any is not whole: it never closes its day.
  public var droppedRoutes: Int
  /// Why a complete response does not show that its routes are all routes of the day; nil when it does.
  public var doubt: DayState.OpenReason?
  public var findings: [Finding]

  /// Whether all of its routes could be read. Only complete responses count as an answer for the asked day.
  public var isWhole: Bool { droppedRoutes == 0 }

  /// Whether the request left out the points.
  public var leavesOutPoints: Bool { doubt == .pointsLeftOut }

  /// Whether it has everything, so that a difference to another such response is a change.
  public var isComparable: Bool { isWhole && !leavesOutPoints }

  public init(
    device: DeviceID, askedDay: UTCDay, requestedAt: Date, reading: DeviceReading?, routes: [Route],
    droppedRoutes: Int = 0, doubt: DayState.OpenReason? = nil, findings: [Finding]
  ) {
    self.device = device
    self.askedDay = askedDay
    self.requestedAt = requestedAt
    self.reading = reading
    self.routes = routes
    self.droppedRoutes = droppedRoutes
    self.doubt = doubt
    self.findings = findings
  }
}

/// A `devicelist` response in our own terms.
public struct FleetList: Hashable, Sendable {
  /// When the request left, UTC.
  public var requestedAt: Date
  /// One per device, in the order sent.
  public var readings: [DeviceReading]
  public var findings: [Finding]

  public init(requestedAt: Date, readings: [DeviceReading], findings: [Finding]) {
    self.requestedAt = requestedAt
    self.readings = readings
    self.findings = findings
  }
}
