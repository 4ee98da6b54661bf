import Glibc

/// A place in units of 1e-5 degrees, the precision of the vendor.
struct Position: Hashable, Sendable {
  var latitude: Int
  var longitude: Int

  private static let metresPerUnit = 1.113_195

  /// `metres` away towards `bearing` (radians, clockwise from north).
  func moved(metres: Double, bearing: Double) -> Position {
    moved(north: metres * cos(bearing), east: metres * sin(bearing))
  }

  func moved(north: Double, east: Double) -> Position {
    Position(
      latitude: latitude + Int((north / Self.metresPerUnit).rounded()),
      longitude: longitude + Int((east / (Self.metresPerUnit * shrink)).rounded()))
  }

  /// The distances to the north and to the east in metres, as on a flat map. Accurate to 1 % up to 1,000 km.
  func way(to other: Position) -> (north: Double, east: Double) {
    (
      Double(other.latitude - latitude) * Self.metresPerUnit,
      Double(other.longitude - longitude) * Self.metresPerUnit * shrink
    )
  }

  func metres(to other: Position) -> Double {
    let (north, east) = way(to: other)
    return (north * north + east * east).squareRoot()
  }

  /// The length of a degree of longitude relative to one of latitude.
  private var shrink: Double { cos(Double(latitude) * 1e-5 * .pi / 180) }

  /// `48.87778,9.34889`
  func append(to bytes: inout [UInt8]) {
    Self.append(latitude, to: &bytes)
    bytes.append(UInt8(ascii: ","))
    Self.append(longitude, to: &bytes)
  }

  private static func append(_ units: Int, to bytes: inout [UInt8]) {
    if units < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: 100_000)
    appendDigits(of: whole, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    var divisor: UInt = 10_000
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor % 10))
      divisor /= 10
    }
  }

  static func appendDigits(of number: UInt, to bytes: inout [UInt8]) {
    if number >= 10 { appendDigits(of: number / 10, to: &bytes) }
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}

extension Position: CustomStringConvertible {
  var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
