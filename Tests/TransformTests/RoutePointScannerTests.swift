import FleetModel
import FleetizeAPI
import TestSupport
import Testing

@testable import Transform

@Suite struct `The points of a route` {
  private func scan(_ text: String) -> ([RoutePoint], [String: Int]) {
    scan(Array(text.utf8))
  }

  private func scan(_ bytes: [UInt8]) -> ([RoutePoint], [String: Int]) {
    var scanner = RoutePointScanner()
    scanner.scan(bytes.span)
    let tallies = scanner.tallies.filter { $0.1.count > 0 }.map { ($0.0.code, $0.1.count) }
    return (scanner.points, Dictionary(uniqueKeysWithValues: tallies))
  }

  private func point(_ latitude: Int64, _ longitude: Int64, _ speed: Int16?) -> RoutePoint {
    RoutePoint(Coordinate(latitudeE7: latitude, longitudeE7: longitude), speedTenths: speed)
  }

  @Test(
    arguments: [
      ("48.82556,9.33111,0", 488_255_600, 93_311_100, 0),
      ("48.82556,9.33111,0;", 488_255_600, 93_311_100, 0),
      ("-48.82556,-9.33111,63.5", -488_255_600, -93_311_100, 635),
      ("48,9,63", 480_000_000, 90_000_000, 630),
      ("48.12345678,9.12345674,63.25", 481_234_568, 91_234_567, 633),
      ("-0.00000005,9.000000049999999999999999,0.05", -1, 90_000_000, 1),
      (" 48.82556 , 9.33111 , 7 ", 488_255_600, 93_311_100, 70),
      ("\n48.82556,9.33111,\t7\r\n;\n", 488_255_600, 93_311_100, 70),
      ("4.882556E1,933.111e-2,7E0", 488_255_600, 93_311_100, 70),
      ("+48.82556,.33111,7.", 488_255_600, 3_311_100, 70),
      ("90,180,3276", 900_000_000, 1_800_000_000, 32_760),
      ("-90,-180,3276.04", -900_000_000, -1_800_000_000, 32_760),
      ("0,9.33111,-0", 0, 93_311_100, 0),
    ] as [(String, Int64, Int64, Int16)])
  func `are read in any notation of numbers`(text: String, latitude: Int64, longitude: Int64, speed: Int16) {
    let (points, counts) = scan(text)
    #expect(points == [point(latitude, longitude, speed)])
    #expect(counts == [:])
  }

  @Test(arguments: ["48.82556,9.33111", "48.82556,9.33111,", "48.82556,9.33111, "])
  func `may have no speed`(text: String) {
    #expect(scan(text).0 == [point(488_255_600, 93_311_100, nil)])
    #expect(scan(text).1 == [:])
  }

  @Test(arguments: [
    "x", "...", "48.8", "48.8,", ",9.3,0", "48.8,,0", ",,", "48,82556,9,33111,0", "48.8,9.3,0,0", "a,b,c",
    "48.8,9.3,fast",
    "48.8,9.3,-", "48.8 N,9.3 E,0", "4 8.8,9.3,0", "NaN,NaN,0", "48.8,9.3,0,", "48.8,9.3,\u{A0}5",
  ]) func `are dropped if garbled; the others are kept`(text: String) {
    let good = point(10_000_000, 20_000_000, 30)
    let (points, counts) = scan("1,2,3;\(text);1,2,3")
    #expect(points == [good, good])
    #expect(counts == ["point_garbled": 1])
  }

  @Test func `without a position keep their place in the order and their speed`() {
    let nowhere = RoutePoint(nil, speedTenths: 50)
    for text in ["0,0,5", "0.0,-0.00000,5", "0.00000004,0,5"] {
      #expect(scan(text).0 == [nowhere])
      #expect(scan(text).1 == ["point_zero": 1])
    }
    for text in ["90.0000001,0,5", "0,-180.1,5", "1e300,1,5", "999999999,0,5", "48.8,9999999999999999999999,5"] {
      #expect(scan(text).0 == [nowhere])
      #expect(scan(text).1 == ["point_out_of_range": 1])
    }
  }

  @Test(arguments: ["-1", "-0.05", "3276.1", "65535", "1e300", "99999999999"])
  func `with an impossible speed are kept without one`(speed: String) {
    #expect(scan("48.82556,9.33111,\(speed)").0 == [point(488_255_600, 93_311_100, nil)])
    #expect(scan("48.82556,9.33111,\(speed)").1 == ["point_speed_out_of_range": 1])
  }

  @Test func `may be absent, or have superfluous semicolons`() {
    #expect(scan("").0 == [])
    #expect(scan(" ").1 == [:])
    #expect(scan(";").1 == ["point_empty": 1])
    #expect(scan("1,2,3;;1,2,3; ;").0.count == 2)
    #expect(scan("1,2,3;;1,2,3; ;").1 == ["point_empty": 2])
  }

  @Test func `may number a hundred thousand`() {
    let text = (0..<100_000).map { "48.\($0 + 100_000),9.\($0 + 100_000),\($0 % 100)" }.joined(separator: ";")
    let (points, counts) = scan(text)
    #expect(points.count == 100_000)
    #expect(points.last == point(481_999_990, 91_999_990, 990))
    #expect(counts == [:])
  }

  @Test func `are read alike by the fast path and field by field`() {
    var random = SeededGenerator(seed: 42)
    for _ in 0..<20_000 {
      func number(_ whole: ClosedRange<Int>, _ decimals: ClosedRange<Int>) -> String {
        let sign = Bool.random(using: &random) ? "-" : ""
        let digits = (0..<Int.random(in: decimals, using: &random)).map { _ in
          "\(Int.random(in: 0...9, using: &random))"
        }
        let fraction = digits.isEmpty ? "" : "." + digits.joined()
        return "\(sign)\(Int.random(in: whole, using: &random))\(fraction)"
      }
      let text = "\(number(0...95, 0...12)),\(number(0...190, 0...12)),\(number(0...3_300, 0...3))"
      // A space forces a point off the fast path.
      let (fast, byField) = (scan(text), scan(text + " "))
      #expect(fast.0 == byField.0, "\(text)")
      #expect(fast.1 == byField.1, "\(text)")
    }
  }

  @Test func `never crash the program`() {
    var random = SeededGenerator(seed: 1)
    let alphabet = Array("0123456789999,,,;;..--+eE x\0\u{FC}".utf8)
    for _ in 0..<30_000 {
      let count = Int.random(in: 0...60, using: &random)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let (points, _) = scan(bytes)
      #expect(points.count <= bytes.count { $0 == UInt8(ascii: ";") } + 1)
    }
  }
}
