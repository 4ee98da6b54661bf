import FleetModel
import Testing
import Transform

/// One raw answer a quirk of PHP-made JSON, with the rows and the findings that become of it.
@Suite struct `An answer with wire quirks` {
  private func answer(_ name: String) throws -> DayAnswer {
    guard case .day(let answer) = interpret(Answer.response(try Answer.fixture("Fixtures/\(name).json"))) else {
      throw Rejected()
    }
    return answer
  }

  private struct Rejected: Error {}

  private func position(_ latitude: Int64, _ longitude: Int64, _ speed: Int16?) -> RoutePoint {
    RoutePoint(Coordinate(latitudeE7: latitude, longitudeE7: longitude), speedTenths: speed)
  }

  @Test func `may have numbers as texts and texts as numbers`() throws {
    let answer = try answer("numbers-as-texts")
    #expect(answer.reading?.imei == 359_183_064_907_632)
    #expect(answer.reading?.mileage == Decimal3(thousandths: 277_910_000))
    #expect(answer.reading?.statusCode == 1)
    #expect(answer.reading?.errorCode == 0)
    #expect(answer.reading?.name == "4711")
    #expect(
      answer.routes == [
        Route(
          departedAt: Answer.date(3_600), arrivedAt: Answer.date(7_200),
          originMileage: Decimal3(thousandths: 277_843_000), destinationMileage: Decimal3(thousandths: 277_870_500),
          averageSpeed: Decimal3(thousandths: 41_240), pauseSeconds: 0,
          points: [position(488_255_600, 93_311_100, 0)])
      ])
    #expect(answer.findings == [])
  }

  @Test func `may have objects for lists and lists for objects`() throws {
    let answer = try answer("php-shapes")
    #expect(answer.reading?.errorText == nil)
    #expect(
      answer.routes == [
        Route(departedAt: Answer.date(60), pauses: [RoutePause(typeCode: 1, isGrouped: false)]),
        Route(departedAt: Answer.date(120), pauses: [RoutePause(typeCode: 2), RoutePause(typeCode: 2)]),
        Route(departedAt: Answer.date(180)),
      ])
    #expect(answer.findings.summary == ["list_for_object", "lone_object", "object_for_list x3"])
  }

  @Test func `may say nothing in four ways`() throws {
    let answer = try answer("nothing-in-four-ways")
    #expect(answer.reading == DeviceReading(device: Answer.device))
    #expect(answer.routes == [Route(departedAt: Answer.date(60))])
    #expect(answer.findings == [])
  }

  @Test func `may have dates of zeros`() throws {
    let answer = try answer("zero-dates")
    #expect(answer.reading == DeviceReading(device: Answer.device))
    #expect(answer.routes == [Route(departedAt: Answer.date(60))])
    #expect(answer.findings.summary == ["route_without_departure x2"])
    #expect(answer.findings[0].sample == #"{"origin_timestamp":"0000-00-00 00:00:00","origin_mileage":1}"#)
  }

  @Test func `may escape whatever it likes`() throws {
    let answer = try answer("escapes")
    #expect(answer.reading?.name == "TÜ/XC 🚗")
    #expect(answer.reading?.description == "ab \u{FFFD} c")
    #expect(answer.reading?.portraitURL == "http://x/a.png")
    #expect(answer.routes[0].points == [position(488_255_600, 93_311_100, 0)])
    #expect(answer.findings.summary == ["lone_surrogate", "nul_character"])
  }

  @Test func `may begin with a byte order mark and be indented with no-break spaces`() throws {
    #expect(try answer("bom-and-no-break-spaces").findings.summary == ["byte_order_mark", "no_break_space x3"])
  }

  @Test func `may be Latin-1`() throws {
    let answer = try answer("latin-1")
    #expect(answer.reading?.name == "LÖ-SY 7012")
    #expect(answer.reading?.description == "Straße")
    #expect(answer.findings.summary == ["text_not_utf8 x2"])
    #expect(answer.findings[0].sample == "LÖ-SY 7012")
  }

  @Test func `may hold raw control characters`() throws {
    let answer = try answer("control-characters")
    #expect(answer.reading?.name == "My\nvehicle")
    #expect(answer.reading?.description == "ab")
    #expect(answer.findings.summary == ["control_character", "nul_character x3"])
  }

  @Test func `may repeat keys, and means the last`() throws {
    let answer = try answer("duplicate-keys")
    #expect(answer.routes == [Route(departedAt: Answer.date(60))])
    #expect(answer.findings.summary == ["duplicate_key x3"])
  }

  @Test func `may have commas too many and values too few`() throws {
    let answer = try answer("broken-commas")
    #expect(answer.routes == [Route(departedAt: Answer.date(60))])
    #expect(answer.findings.summary == ["doubled_comma x2", "missing_value", "trailing_comma x3"])
  }

  @Test func `may have duplicate and unordered routes`() throws {
    let answer = try answer("unordered-routes")
    #expect(
      answer.routes == [
        Route(departedAt: Answer.date(60), arrivedAt: Answer.date(90)),
        Route(departedAt: Answer.date(3_600), arrivedAt: Answer.date(3_700)),
        Route(departedAt: Answer.date(7_200), arrivedAt: Answer.date(7_400)),
      ])
    #expect(answer.findings.summary == ["duplicate_departure"])
  }

  @Test func `may have odd points`() throws {
    let answer = try answer("odd-points")
    #expect(
      answer.routes[0].points == [
        position(481_000_000, 91_000_000, 10), position(482_000_000, 92_000_000, nil),
        position(483_000_000, 93_000_000, 30), position(484_000_000, 94_000_000, 40), RoutePoint(nil, speedTenths: 60),
        RoutePoint(nil, speedTenths: 70), position(488_000_000, 98_000_000, nil),
        position(489_000_000, 99_000_000, nil), position(480_000_000, 90_000_000, 100),
      ])
    #expect(
      answer.findings.summary == [
        "point_empty", "point_garbled x2", "point_out_of_range", "point_speed_out_of_range x2", "point_zero",
      ])
    #expect(answer.findings.first { $0.rule == "point_garbled" }?.sample == "48,5,9,5,5")
    #expect(answer.findings.allSatisfy { $0.departedAt == Answer.date(60) })
  }

  @Test func `may end before it starts`() throws {
    let answer = try answer("ends-before-starts")
    #expect(answer.findings == [])
    let day = assemble(Answer.day, of: Answer.device, from: [answer])
    #expect(day.routes == answer.routes)
    #expect(
      day.findings.summary == ["pause_ends_before_start", "route_ends_before_start"])
  }

  @Test func `may know more than the document`() throws {
    let answer = try answer("unknown-things")
    #expect(answer.reading?.statusCode == 6)
    #expect(answer.reading?.errorCode == 77)
    #expect(answer.routes[0].pauses == [RoutePause(typeCode: 3)])
    #expect(
      answer.findings.summary == [
        "unknown_error_code", "unknown_pause_type", "unknown_status_code", "unknown_tag", "unknown_tag",
        "unknown_tag x2",
      ])
    #expect(
      answer.findings.filter { $0.rule == "unknown_tag" }.compactMap(\.sample) == ["version", "device_fuel", "driver"])
  }
}
