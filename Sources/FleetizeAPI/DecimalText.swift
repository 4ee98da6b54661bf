/// Reads decimal numbers from text exactly, without going through binary floating point.
public enum DecimalText {
  public enum Outcome: Hashable, Sendable {
    /// The number times ten to the power of `decimals`, halves rounded away from zero.
    case value(Int64)
    /// A number that is too large.
    case outOfRange
    /// Not a number, such as `12,5`, `n/a` or an empty text.
    case garbled
  }

  /// Reads an optional sign, digits with an optional point, and an optional exponent. Surrounding space is allowed.
  public static func scaled(_ text: Span<UInt8>, decimals: Int) -> Outcome {
    var at = 0
    var end = text.count
    while at < end, isSpace(text[at]) { at += 1 }
    while end > at, isSpace(text[end - 1]) { end -= 1 }
    var isNegative = false
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    guard let digits = Digits(text, &at, end), let exponent = exponent(text, &at, end), at == end else {
      return .garbled
    }
    guard let magnitude = digits.magnitude(timesTenTo: exponent + decimals) else { return .outOfRange }
    return .value(isNegative ? -magnitude : magnitude)
  }

  public static func scaled(_ text: String, decimals: Int) -> Outcome {
    scaled(Array(text.utf8).span, decimals: decimals)
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte)
  }

  /// Zero without an exponent; nil if no number follows the `e`. Saturates far beyond every range.
  private static func exponent(_ text: Span<UInt8>, _ at: inout Int, _ end: Int) -> Int? {
    guard at < end, text[at] | 0x20 == UInt8(ascii: "e") else { return 0 }
    at += 1
    var isNegative = false
    if at < end, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      isNegative = text[at] == UInt8(ascii: "-")
      at += 1
    }
    let start = at
    var exponent = 0
    while at < end, case let digit = text[at] &- UInt8(ascii: "0"), digit <= 9 {
      exponent = min(exponent * 10 + Int(digit), 1 << 40)
      at += 1
    }
    return at == start ? nil : isNegative ? -exponent : exponent
  }

  /// The significant digits of a number. Keeps the first 19, which always fit.
  private struct Digits {
    private var kept: UInt64 = 0
    private var keptCount = 0
    private var droppedCount = 0
    private var roundsUp = false
    private var fractionCount = 0

    /// Nil if there is no digit.
    init?(_ text: Span<UInt8>, _ at: inout Int, _ end: Int) {
      var digitCount = 0
      var isInFraction = false
      while at < end {
        let digit = text[at] &- UInt8(ascii: "0")
        if digit <= 9 {
          digitCount += 1
          if isInFraction { fractionCount += 1 }
          add(digit)
        } else if text[at] == UInt8(ascii: "."), !isInFraction {
          isInFraction = true
        } else {
          break
        }
        at += 1
      }
      guard digitCount > 0 else { return nil }
    }

    private mutating func add(_ digit: UInt8) {
      if keptCount < 19 {
        kept = kept * 10 + UInt64(digit)
        if kept > 0 { keptCount += 1 }
      } else {
        if droppedCount == 0 { roundsUp = digit >= 5 }
        droppedCount += 1
      }
    }

    /// Nil if it does not fit.
    func magnitude(timesTenTo power: Int) -> Int64? {
      guard kept > 0 else { return 0 }
      let shift = power - fractionCount + droppedCount
      if shift < 0 {
        guard let divisor = Self.powerOfTen(-shift) else { return 0 }
        let (quotient, rest) = kept.quotientAndRemainder(dividingBy: divisor)
        return Int64(exactly: quotient + (rest >= divisor - rest ? 1 : 0))
      }
      if shift == 0 { return Int64(exactly: kept + (roundsUp ? 1 : 0)) }
      guard droppedCount == 0, let factor = Self.powerOfTen(shift) else { return nil }
      let (product, overflow) = kept.multipliedReportingOverflow(by: factor)
      return overflow ? nil : Int64(exactly: product)
    }

    /// Nil beyond ten to the power of 19, the largest that fits. A number of 19 digits divided by more is below one half.
    private static func powerOfTen(_ power: Int) -> UInt64? {
      guard power <= 19 else { return nil }
      return (0..<power).reduce(1) { value, _ in value * 10 }
    }
  }
}
