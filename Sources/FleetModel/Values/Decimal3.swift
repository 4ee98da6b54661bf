/// A fixed-point number with three decimals: kilometres to the metre, speeds, volts, degrees Celsius.
///
/// Unlike binary floating point it is exact, so sums of mileages agree to the last digit.
public struct Decimal3: Hashable, Comparable, Sendable {
  /// The value times 1000.
  public let thousandths: Int64

  public init(thousandths: Int64) {
    self.thousandths = thousandths
  }

  public static func < (left: Decimal3, right: Decimal3) -> Bool {
    left.thousandths < right.thousandths
  }

  public static func + (left: Decimal3, right: Decimal3) -> Decimal3 {
    Decimal3(thousandths: left.thousandths + right.thousandths)
  }

  public static func - (left: Decimal3, right: Decimal3) -> Decimal3 {
    Decimal3(thousandths: left.thousandths - right.thousandths)
  }
}

extension Decimal3: CustomStringConvertible {
  /// With exactly three decimals, such as `277843.000`.
  public var description: String {
    let magnitude = thousandths.magnitude
    let decimals = String(magnitude % 1000)
    let padding = String(repeating: "0", count: 3 - decimals.count)
    return "\(thousandths < 0 ? "-" : "")\(magnitude / 1000).\(padding)\(decimals)"
  }
}
