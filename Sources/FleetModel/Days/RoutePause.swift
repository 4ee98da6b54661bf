import FoundationEssentials

/// A stop within a route. Source: node "route_pause".
public struct RoutePause: Hashable, Sendable {
  /// 1 ignition off, 2 long-stopped; other codes are kept. Tag `type`.
  public var typeCode: Int32?
  /// Whether there are more pauses in this area. Tag `grouped`.
  public var isGrouped: Bool?
  /// UTC. Tag `start_timestamp`.
  public var startedAt: Date?
  /// UTC. Tag `end_timestamp`.
  public var endedAt: Date?
  /// Kilometres. Tag `mileage`.
  public var mileage: Decimal3?
  /// Tag `location`.
  public var location: Coordinate?

  public init(
    typeCode: Int32? = nil, isGrouped: Bool? = nil, startedAt: Date? = nil, endedAt: Date? = nil,
    mileage: Decimal3? = nil, location: Coordinate? = nil
  ) {
    self.typeCode = typeCode
    self.isGrouped = isGrouped
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.mileage = mileage
    self.location = location
  }
}
