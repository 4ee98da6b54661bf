/// A position on a route with the speed there. The API does not say when it was reached. 12 bytes, because a day has thousands of points.
public struct RoutePoint: Hashable, Sendable {
  /// 1e-7 degrees, or ``absentCoordinate``.
  public let latitudeE7: Int32
  /// 1e-7 degrees, or ``absentCoordinate``.
  public let longitudeE7: Int32
  /// Tenths of km/h, or ``absentSpeed``.
  public let speedTenths: Int16

  /// The position was `0,0` or out of range.
  public static let absentCoordinate = Int32.min
  /// The speed was absent or unusable.
  public static let absentSpeed = Int16.min

  public init(_ coordinate: Coordinate?, speedTenths: Int16?) {
    latitudeE7 = coordinate?.latitudeE7 ?? Self.absentCoordinate
    longitudeE7 = coordinate?.longitudeE7 ?? Self.absentCoordinate
    self.speedTenths = speedTenths ?? Self.absentSpeed
  }

  public var hasPosition: Bool { latitudeE7 != Self.absentCoordinate }
  public var hasSpeed: Bool { speedTenths != Self.absentSpeed }
}
