/// The rows of one device on one UTC day, replaced together.
public struct DeviceDay: Hashable, Sendable {
  public var device: DeviceID
  public var day: UTCDay
  /// In order of departure; all depart on ``day``.
  public var routes: [Route]
  /// Of each of ``routes``, the asked day of the response that it was taken from.
  public var askedDays: [UTCDay]
  /// Findings about the day as a whole; those about a single response are stored with the response.
  public var findings: [Finding]

  public init(device: DeviceID, day: UTCDay, routes: [Route], askedDays: [UTCDay], findings: [Finding]) {
    self.device = device
    self.day = day
    self.routes = routes
    self.askedDays = askedDays
    self.findings = findings
  }

  public var pointCount: Int { routes.reduce(0) { $0 + $1.points.count } }
}
