/// A position in WGS 84, in units of 1e-7 degrees (about a centimetre).
public struct Coordinate: Hashable, Sendable {
  /// North positive, -900,000,000 to 900,000,000.
  public let latitudeE7: Int32
  /// East positive, -1,800,000,000 to 1,800,000,000.
  public let longitudeE7: Int32

  /// Nil when out of range, and for `0,0`, which trackers send when they have no position.
  public init?(latitudeE7: Int64, longitudeE7: Int64) {
    guard latitudeE7.magnitude <= 900_000_000, longitudeE7.magnitude <= 1_800_000_000,
      latitudeE7 != 0 || longitudeE7 != 0
    else { return nil }
    self.latitudeE7 = Int32(latitudeE7)
    self.longitudeE7 = Int32(longitudeE7)
  }
}
