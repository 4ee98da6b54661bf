import FleetModel
import FleetizeAPI

/// Reads route points from the bytes of tag `route_points`: `latitude,longitude,speed;latitude,longitude,speed;…`.
///
/// Plain points are read in one pass over the bytes; all other points field by field.
struct RoutePointScanner {
  struct Tally: Hashable {
    var count = 0
    /// The first such point, as sent.
    var sample: String?
  }

  private(set) var points: [RoutePoint] = []
  private var garbled = Tally()
  private var empty = Tally()
  private var zero = Tally()
  private var outOfRange = Tally()
  private var speedOutOfRange = Tally()

  var tallies: [(Rule, Tally)] {
    [
      (.pointGarbled, garbled), (.pointEmpty, empty), (.pointZero, zero), (.pointOutOfRange, outOfRange),
      (.pointSpeedOutOfRange, speedOutOfRange),
    ]
  }

  mutating func scan(_ text: borrowing Span<UInt8>) {
    points.reserveCapacity(text.count / 16)
    var at = 0
    while at < text.count {
      let start = at
      if let point = Self.plainPoint(text, &at) {
        points.append(point)
      } else {
        let end = Self.index(of: UInt8(ascii: ";"), in: text, from: start, to: text.count)
        readByField(text, from: start, to: end)
        at = end
      }
      at += 1
    }
  }

  // MARK: Plain points

  /// Three plain numbers in range; nil for everything else. Leaves the index at the semicolon or the end.
  @inline(__always)
  private static func plainPoint(_ text: borrowing Span<UInt8>, _ at: inout Int) -> RoutePoint? {
    guard let latitude = plainNumber(text, &at, decimals: 7), at < text.count, text[at] == UInt8(ascii: ",") else {
      return nil
    }
    at += 1
    guard let longitude = plainNumber(text, &at, decimals: 7), at < text.count, text[at] == UInt8(ascii: ",") else {
      return nil
    }
    at += 1
    guard let speed = plainNumber(text, &at, decimals: 1), at == text.count || text[at] == UInt8(ascii: ";"),
      let coordinate = Coordinate(latitudeE7: latitude, longitudeE7: longitude), (0...fastest).contains(speed)
    else { return nil }
    return RoutePoint(coordinate, speedTenths: Int16(truncatingIfNeeded: speed))
  }

  /// Tenths of km/h.
  private static let fastest: Int64 = 32_760

  /// Up to the eighth. A static table would cost an initialization check per number.
  @inline(__always)
  private static func powerOfTen(_ power: Int) -> Int64 {
    switch power {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    default: 100_000_000
    }
  }

  /// A number with up to nine digits before and eight after the point, times ten to the power of `decimals`, halves rounded
  /// away from zero; nil for any other notation.
  ///
  /// The sums wrap only in numbers with more than 18 digits, which are rejected before use.
  @inline(__always)
  private static func plainNumber(_ text: borrowing Span<UInt8>, _ at: inout Int, decimals: Int) -> Int64? {
    let count = text.count
    var isNegative = false
    if at < count, text[at] == UInt8(ascii: "-") {
      isNegative = true
      at &+= 1
    }
    let wholeStart = at
    var digits: Int64 = 0
    while at < count {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit <= 9 else { break }
      digits = digits &* 10 &+ Int64(digit)
      at &+= 1
    }
    let wholeCount = at &- wholeStart
    guard wholeCount > 0, wholeCount <= 9 else { return nil }
    var fractionCount = 0
    if at < count, text[at] == UInt8(ascii: ".") {
      at &+= 1
      let fractionStart = at
      while at < count {
        let digit = text[at] &- UInt8(ascii: "0")
        guard digit <= 9 else { break }
        digits = digits &* 10 &+ Int64(digit)
        at &+= 1
      }
      fractionCount = at &- fractionStart
      guard fractionCount > 0, fractionCount <= 8 else { return nil }
    }
    // At most 17 digits here, and at most 16 after the multiplication.
    if fractionCount <= decimals {
      digits = digits &* powerOfTen(decimals &- fractionCount)
    } else {
      let divisor = powerOfTen(fractionCount &- decimals)
      digits = (digits &+ divisor / 2) / divisor
    }
    return isNegative ? 0 &- digits : digits
  }

  // MARK: Other points

  private mutating func readByField(_ text: borrowing Span<UInt8>, from start: Int, to end: Int) {
    let point = text.extracting(start..<end)
    guard !Self.isBlank(point) else {
      // The last point may or may not be followed by a semicolon.
      if end < text.count { empty.count += 1 }
      return
    }
    let comma = UInt8(ascii: ",")
    let first = Self.index(of: comma, in: point, from: 0, to: point.count)
    let second = Self.index(of: comma, in: point, from: first + 1, to: point.count)
    let third = Self.index(of: comma, in: point, from: second + 1, to: point.count)
    guard first < point.count, third == point.count else { return Self.count(&garbled, point) }

    let latitude = DecimalText.scaled(point.extracting(0..<first), decimals: 7)
    let longitude = DecimalText.scaled(point.extracting((first + 1)..<second), decimals: 7)
    guard latitude != .garbled, longitude != .garbled else { return Self.count(&garbled, point) }

    var speedTenths: Int16?
    if second + 1 < point.count, !Self.isBlank(point.extracting((second + 1)..<third)) {
      switch DecimalText.scaled(point.extracting((second + 1)..<third), decimals: 1) {
      case .garbled: return Self.count(&garbled, point)
      case .value(let speed) where (0...Self.fastest).contains(speed): speedTenths = Int16(truncatingIfNeeded: speed)
      case .value, .outOfRange: Self.count(&speedOutOfRange, point)
      }
    }

    var coordinate: Coordinate?
    switch (latitude, longitude) {
    case (.value(0), .value(0)):
      Self.count(&zero, point)
    case (.value(let latitude), .value(let longitude)):
      coordinate = Coordinate(latitudeE7: latitude, longitudeE7: longitude)
      if coordinate == nil { Self.count(&outOfRange, point) }
    default:
      Self.count(&outOfRange, point)
    }
    points.append(RoutePoint(coordinate, speedTenths: speedTenths))
  }

  /// `end` if there is none.
  private static func index(of byte: UInt8, in text: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, text[at] != byte { at += 1 }
    return min(at, end)
  }

  private static func isBlank(_ text: borrowing Span<UInt8>) -> Bool {
    for index in text.indices where text[index] > 0x20 { return false }
    return true
  }

  private static func count(_ tally: inout Tally, _ point: borrowing Span<UInt8>) {
    tally.count += 1
    guard tally.sample == nil else { return }
    var bytes: [UInt8] = []
    for index in 0..<min(point.count, 800) { bytes.append(point[index]) }
    tally.sample = Excerpt.of(bytes)
  }
}
