extension CopyWriter {
  /// `numeric`: `unscaled` divided by 10 to the power of `scale`, so that 1234 with scale 3 is 1.234.
  ///
  /// - Parameter scale: 0 to 16.
  public mutating func numeric(unscaled: Int64, scale: Int) {
    guard (0...16).contains(scale) else {
      fail("a numeric has scale \(scale); 0 to 16 is supported")
      return
    }
    let unit = Self.powersOfTen[scale]
    let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: unit)
    let fractionDigits = (scale + 3) / 4
    // Padded to whole base-10000 digits.
    let aligned = fraction * Self.powersOfTen[4 * fractionDigits - scale]
    field(isNegative: unscaled < 0, whole: whole, fraction: aligned, fractionDigits: fractionDigits, scale: scale)
  }

  private static let powersOfTen: [UInt64] = (0...16).map { (0..<$0).reduce(1) { power, _ in power * 10 } }

  /// Layout: length; number of digits, weight of the first, sign, display scale, then base-10000 digits.
  private mutating func field(isNegative: Bool, whole: UInt64, fraction: UInt64, fractionDigits: Int, scale: Int) {
    var fraction = fraction
    var fractionDigits = fractionDigits
    while fractionDigits > 0, fraction % 10_000 == 0 {
      fraction /= 10_000
      fractionDigits -= 1
    }
    var wholeDigits = 0
    var rest = whole
    while rest > 0 {
      wholeDigits += 1
      rest /= 10_000
    }
    let digits = wholeDigits + fractionDigits
    let start = count
    reserve(12 + 2 * digits)
    store(Int32(8 + 2 * digits))
    store(Int16(digits))
    store(Int16(wholeDigits - 1))
    store(UInt16(isNegative ? 0x4000 : 0))
    store(Int16(scale))
    storeDigits(whole, count: wholeDigits, at: start + 12)
    storeDigits(fraction, count: fractionDigits, at: start + 12 + 2 * wholeDigits)
    count = start + 12 + 2 * digits
    missing -= 1
  }

  private mutating func storeDigits(_ value: UInt64, count digits: Int, at offset: Int) {
    var value = value
    for index in stride(from: digits - 1, through: 0, by: -1) {
      buffer.storeBytes(of: UInt16(value % 10_000).bigEndian, toByteOffset: offset + 2 * index, as: UInt16.self)
      value /= 10_000
    }
  }
}
