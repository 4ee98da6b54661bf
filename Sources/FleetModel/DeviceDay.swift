/// The rows of one device on one UTC day: what a replacement writes.
public struct DeviceDay: Hashable, Sendable {
  public var device: DeviceID
  public var day: UTCDay
  /// By departure; all depart on ``day``.
  public var routes: [Route]
  /// Of the day as a whole; those of single responses stay with the responses.
  public var findings: [Finding]

  public init(device: DeviceID, day: UTCDay, routes: [Route], findings: [Finding]) {
    self.device = device
    self.day = day
    self.routes = routes
    self.findings = findings
  }

  public var pointCount: Int { routes.reduce(0) { $0 + $1.points.count } }
}
