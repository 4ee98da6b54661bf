import FleetModel

/// A route's top speed, bounding box and length of its track, stored so that dashboards need not read its points.
struct RouteExtent: Hashable {
  /// Tenths of km/h; nil without any speed.
  private(set) var topSpeedTenths: Int16?
  private(set) var south: Int32?
  private(set) var west: Int32?
  private(set) var north: Int32?
  private(set) var east: Int32?
  /// Kilometres.
  private(set) var trackLength: Decimal3?

  init(
    topSpeedTenths: Int16?, south: Int32?, west: Int32?, north: Int32?, east: Int32?, trackLength: Decimal3?
  ) {
    self.topSpeedTenths = topSpeedTenths
    (self.south, self.west, self.north, self.east) = (south, west, north, east)
    self.trackLength = trackLength
  }

  init(of points: [RoutePoint]) {
    var top = Int16.min
    var (south, west, north, east) = (Int32.max, Int32.max, Int32.min, Int32.min)
    for point in points {
      // An absent speed is the smallest value: it never wins.
      top = max(top, point.speedTenths)
      guard point.hasPosition else { continue }
      south = min(south, point.latitudeE7)
      north = max(north, point.latitudeE7)
      west = min(west, point.longitudeE7)
      east = max(east, point.longitudeE7)
    }
    topSpeedTenths = top == RoutePoint.absentSpeed ? nil : top
    trackLength = points.trackLength
    guard south <= north else { return }
    (self.south, self.west, self.north, self.east) = (south, west, north, east)
  }
}
