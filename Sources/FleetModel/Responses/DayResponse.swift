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
  /// One per device, in the order sent.
  public var readings: [DeviceReading]
  public var findings: [Finding]

  public init(requestedAt: Date, readings: [DeviceReading], findings: [Finding]) {
    self.requestedAt = requestedAt
    self.readings = readings
    self.findings = findings
  }
}
