import FoundationEssentials

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension [RoutePoint] {
  /// The length of the line through the positions, km, to the metre; nil without two positions.
  ///
  /// Neighbouring points are close, so the earth is flat between them.
  public var trackLength: Decimal3? {
    var metres = 0.0
    var last: RoutePoint?
    var positionCount = 0
    for point in self where point.hasPosition {
      positionCount += 1
      if let last { metres += last.metres(to: point) }
      last = point
    }
    return positionCount < 2 ? nil : Decimal3(thousandths: Int64(metres.rounded()))
  }
}

extension RoutePoint {
  private static let metresPerE7 = 6_371_008.8 * Double.pi / 180 / 1e7

  fileprivate func metres(to other: RoutePoint) -> Double {
    if latitudeE7 == other.latitudeE7, longitudeE7 == other.longitudeE7 { return 0 }
    let north = Double(other.latitudeE7) - Double(latitudeE7)
    // The short way across the 180th meridian.
    let east = remainder(Double(other.longitudeE7) - Double(longitudeE7), 360e7)
    let middle = (Double(latitudeE7) + Double(other.latitudeE7)) / 2 * (Double.pi / 180 / 1e7)
    let eastward = east * cos(middle)
    return (north * north + eastward * eastward).squareRoot() * Self.metresPerE7
  }
}
