extension PostgresValue {
  /// From `numeric` and the integers: the value times 10 to the power of `scale`, exactly.
  ///
  /// - Throws: ``PostgresError`` when the value has more decimals than `scale`, is NaN or infinite, or does not fit.
  public func numeric(scale: Int) throws -> Int64 {
    guard type == .numeric else {
      guard [.int2, .int4, .int8].contains(type) else { throw mismatch("a number of \(scale) decimals") }
      return try scaled(try integer().magnitude, power: scale, isNegative: try integer() < 0)
    }
    let number = try binaryNumeric()
    var sum: UInt64 = 0
    for (index, digit) in number.digits.enumerated() where digit != 0 {
      var power = 4 * (number.weight - index) + scale
      var digit = UInt64(digit)
      while power < 0 {
        guard digit % 10 == 0 else {
          throw failure("a value has more than \(scale) decimals", hint: "round() it in SQL")
        }
        digit /= 10
        power += 1
      }
      let part = try magnitude(digit, power: power)
      let (total, overflow) = sum.addingReportingOverflow(part)
      guard !overflow else { throw tooLarge }
      sum = total
    }
    return try scaled(sum, power: 0, isNegative: number.isNegative)
  }

  func numericAsDouble() throws -> Double {
    let number: BinaryNumeric
    switch UInt16(
      bigEndian: try content().count >= 8 ? try content().loadUnaligned(fromByteOffset: 4, as: UInt16.self) : 0)
    {
    case 0xC000: return .nan
    case 0xD000: return .infinity
    case 0xF000: return -.infinity
    default: number = try binaryNumeric()
    }
    guard !number.digits.isEmpty else { return 0 }
    let digits = number.digits.map { String(10_000 + Int($0)).dropFirst() }.joined()
    let text = "\(number.isNegative ? "-" : "")\(digits)e\(4 * (number.weight - number.digits.count + 1))"
    guard let double = Double(text) else { throw mismatch("a Double") }
    return double
  }

  /// Base 10000; the first digit counts 10000 to the power of `weight`.
  private struct BinaryNumeric {
    var digits: [UInt16]
    var weight: Int
    var isNegative: Bool
  }

  /// Layout: number of digits, weight, sign, display scale, digits; 16 bits each.
  private func binaryNumeric() throws -> BinaryNumeric {
    let bytes = try content()
    func word(_ index: Int) -> UInt16 {
      UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    }
    guard bytes.count >= 8, bytes.count == 8 + 2 * Int(word(0)) else { throw mismatch("a numeric") }
    guard word(2) == 0 || word(2) == 0x4000 else { throw failure("NaN and infinity are not numbers") }
    return BinaryNumeric(
      digits: (0..<Int(word(0))).map { word(4 + $0) }, weight: Int(Int16(bitPattern: word(1))),
      isNegative: word(2) == 0x4000)
  }

  private func magnitude(_ value: UInt64, power: Int) throws -> UInt64 {
    var value = value
    for _ in 0..<power where value != 0 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { throw tooLarge }
      value = product
    }
    return value
  }

  private func scaled(_ value: UInt64, power: Int, isNegative: Bool) throws -> Int64 {
    let magnitude = try magnitude(value, power: power)
    if isNegative, magnitude == Int64.min.magnitude { return .min }
    guard let positive = Int64(exactly: magnitude) else { throw tooLarge }
    return isNegative ? -positive : positive
  }

  private var tooLarge: PostgresError { failure("a value does not fit into 64 bits") }
}
