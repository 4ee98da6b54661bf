import FleetizeAPI
import TestSupport
import Testing

@Suite struct `A decimal number as text` {
  @Test(arguments: [
    ("0", 0), ("492", 4_920_000_000), ("-9.33111", -93_311_100), ("+1", 10_000_000), ("48.", 480_000_000),
    (".5", 5_000_000), ("-0", 0), ("007", 70_000_000), (" 48.82556\t", 488_255_600), ("4.882556E1", 488_255_600),
    ("4882556e-5", 488_255_600), ("0.00000005", 1), ("0.00000004999999999999999999999999", 0), ("-0.00000005", -1),
    ("1e-400", 0), ("0e999999999999999999999999", 0), ("922337203685.4775807", Int64.max),
    ("0.000000000000000000000000000000012e31", 1_200_000), ("48.882550049999999999999999999", 488_825_500),
  ]) func `is read exactly and rounded to the decimals asked for`(text: String, expected: Int64) {
    #expect(DecimalText.scaled(text, decimals: 7) == .value(expected))
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "e5", "1e", "1e+", "12,5", "1 2", "0x10", "NaN", "Infinity", "1.2.3", "--1", "12km", "١",
    "1_000", "1e5.0",
  ]) func `is garbled if it is not a number`(text: String) {
    #expect(DecimalText.scaled(text, decimals: 7) == .garbled)
  }

  @Test(arguments: [
    "922337203685.4775808", "1e300", "-1e300", "99999999999999999999999999", "1e999999999999999999999999",
    "1234567890123456789012345678901234567890",
  ]) func `is out of range if it does not fit`(text: String) {
    #expect(DecimalText.scaled(text, decimals: 7) == .outOfRange)
  }

  @Test func `keeps all digits of a large integer`() {
    #expect(DecimalText.scaled("359183064907632", decimals: 0) == .value(359_183_064_907_632))
    #expect(DecimalText.scaled("3.59183064907632e+14", decimals: 0) == .value(359_183_064_907_632))
    #expect(DecimalText.scaled("9223372036854775807", decimals: 0) == .value(.max))
    #expect(DecimalText.scaled("9223372036854775808", decimals: 0) == .outOfRange)
    #expect(DecimalText.scaled("99999999999999999999", decimals: 0) == .outOfRange)
    #expect(DecimalText.scaled("1000000000000000000.49", decimals: 0) == .value(1_000_000_000_000_000_000))
    #expect(DecimalText.scaled("1000000000000000000.5", decimals: 0) == .value(1_000_000_000_000_000_001))
  }

  @Test func `has the same value in every notation`() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<20_000 {
      let number = Int64.random(in: 0...Int64.max, using: &random) >> Int64.random(in: 0...60, using: &random)
      var digits = String(repeating: "0", count: Int.random(in: 0...25, using: &random)) + String(number)
      let shift = Int.random(in: 0...digits.count, using: &random)
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -shift))
      #expect(DecimalText.scaled("-\(digits)e+\(shift)", decimals: 0) == .value(-number))
      #expect(DecimalText.scaled("\(digits)", decimals: shift) == .value(number))
    }
  }
}
