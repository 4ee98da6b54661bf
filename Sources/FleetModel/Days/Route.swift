import FoundationEssentials

/// One trip of a device, from leaving an origin to reaching a destination.
///
/// Absent values are nil. Source: node "routes".
public struct Route: Hashable, Sendable {
  /// When the origin was left, UTC; together with the device it identifies a route. Tag `origin_timestamp`.
  public var departedAt: Date
  /// When the destination was reached, UTC. Tag `destination_timestamp`.
  public var arrivedAt: Date?
  /// Kilometres. Tag `origin_mileage`.
  public var originMileage: Decimal3?
  /// Kilometres. Tag `destination_mileage`.
  public var destinationMileage: Decimal3?
  /// Tag `origin_location`.
  public var origin: Coordinate?
  /// Tag `destination_location`.
  public var destination: Coordinate?
  /// km/h, two decimals: mean of the speeds above zero. Tag `average_speed`.
  public var averageSpeed: Decimal3?
  /// km/h, two decimals: distance over time. Tag `average_speed_distance`.
  public var averageSpeedDistance: Decimal3?
  /// Total length of all pauses in seconds. Tag `pause_duration`.
  public var pauseSeconds: Int32?
  /// In the order sent. Tag `route_points`.
  public var points: [RoutePoint]
  /// In the order sent. Node "route_pause".
  public var pauses: [RoutePause]

  public init(
    departedAt: Date, arrivedAt: Date? = nil, originMileage: Decimal3? = nil, destinationMileage: Decimal3? = nil,
    origin: Coordinate? = nil, destination: Coordinate? = nil, averageSpeed: Decimal3? = nil,
    averageSpeedDistance: Decimal3? = nil, pauseSeconds: Int32? = nil, points: [RoutePoint] = [],
    pauses: [RoutePause] = []
  ) {
    self.departedAt = departedAt
    self.arrivedAt = arrivedAt
    self.originMileage = originMileage
    self.destinationMileage = destinationMileage
    self.origin = origin
    self.destination = destination
    self.averageSpeed = averageSpeed
    self.averageSpeedDistance = averageSpeedDistance
    self.pauseSeconds = pauseSeconds
    self.points = points
    self.pauses = pauses
  }

  /// The day that the route belongs to.
  public var day: UTCDay { UTCDay(containing: departedAt) }

  /// The days whose rows the route takes part in: its own, and the day before or after if it departs within five minutes of midnight.
  /// Another response may report it with a departure on the other side.
  public var days: Set<UTCDay> {
    [-300, 0, 300].reduce(into: []) { $0.insert(UTCDay(containing: departedAt.addingTimeInterval($1))) }
  }
}
