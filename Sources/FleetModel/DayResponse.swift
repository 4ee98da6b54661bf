import FoundationEssentials

/// A `device` response in our own terms: the reading it carries and the routes that it tells of, whichever day they depart on.
public struct DayResponse: Hashable, Sendable {
  public var device: DeviceID
  /// The day that was asked for.
  public var askedDay: UTCDay
  /// When the request left, UTC.
  public var requestedAt: Date
  /// Nil when the response's "device" node was unusable.
  public var reading: DeviceReading?
  /// By departure, one per departure.
  public var routes: [Route]
  public var findings: [Finding]

  public init(
    device: DeviceID, askedDay: UTCDay, requestedAt: Date, reading: DeviceReading?, routes: [Route],
    findings: [Finding]
  ) {
    self.device = device
    self.askedDay = askedDay
    self.requestedAt = requestedAt
    self.reading = reading
    self.routes = routes
    self.findings = findings
  }
}

/// A `devicelist` response in our own terms.
public struct FleetList: Hashable, Sendable {
  /// When the request left, UTC.
  public var requestedAt: Date
  /// One a device, in the order sent.
  public var readings: [DeviceReading]
  public var findings: [Finding]

  public init(requestedAt: Date, readings: [DeviceReading], findings: [Finding]) {
    self.requestedAt = requestedAt
    self.readings = readings
    self.findings = findings
  }
}
