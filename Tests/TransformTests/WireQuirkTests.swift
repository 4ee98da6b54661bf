import FleetModel
import TestSupport
import Testing
import Transform

/// One raw response per quirk of JSON made by PHP, with the resulting rows and findings.
@Suite struct `A response with wire quirks` {
  private func response(_ name: String) throws -> DayResponse {
    guard case .day(let response) = interpret(Sample.response(try Sample.fixture("Fixtures/\(name).json"))) else {
      throw Rejected()
    }
    return response
  }

  private struct Rejected: Error {}

  private func position(_ latitude: Int64, _ longitude: Int64, _ speed: Int16?) -> RoutePoint {
    RoutePoint(Coordinate(latitudeE7: latitude, longitudeE7: longitude), speedTenths: speed)
  }

  @Test func `may send numbers as texts and texts as numbers`() throws {
    let response = try response("numbers-as-texts")
    #expect(response.reading?.imei == 359_183_064_907_632)
    #expect(response.reading?.mileage == Decimal3(thousandths: 277_910_000))
    #expect(response.reading?.statusCode == 1)
    #expect(response.reading?.errorCode == 0)
    #expect(response.reading?.name == "4711")
    #expect(
      response.routes == [
        Route(
          departedAt: Sample.date(3_600), arrivedAt: Sample.date(7_200),
          originMileage: Decimal3(thousandths: 277_843_000), destinationMileage: Decimal3(thousandths: 277_870_500),
          averageSpeed: Decimal3(thousandths: 41_240), pauseSeconds: 0,
          points: [position(488_255_600, 93_311_100, 0)])
      ])
    #expect(response.findings == [])
  }

  @Test func `may send objects for lists and lists for objects`() throws {
    let response = try response("php-shapes")
    #expect(response.reading?.errorText == nil)
    #expect(
      response.routes == [
        Route(departedAt: Sample.date(60), pauses: [RoutePause(typeCode: 1, isGrouped: false)]),
        Route(departedAt: Sample.date(120), pauses: [RoutePause(typeCode: 2), RoutePause(typeCode: 2)]),
        Route(departedAt: Sample.date(180)),
      ])
    #expect(response.findings.summary == ["list_for_object", "lone_object", "object_for_list x3"])
  }

  @Test func `may send absent values in four ways`() throws {
    let response = try response("nothing-in-four-ways")
    #expect(response.reading == DeviceReading(device: Sample.device))
    #expect(response.routes == [Route(departedAt: Sample.date(60))])
    #expect(response.findings == [])
  }

  @Test func `may send dates made of zeros`() throws {
    let response = try response("zero-dates")
    #expect(response.reading == DeviceReading(device: Sample.device))
    #expect(response.routes == [Route(departedAt: Sample.date(60))])
    #expect(response.findings.summary == ["route_without_departure x2"])
    #expect(response.findings[0].sample == #"{"origin_timestamp":"0000-00-00 00:00:00","origin_mileage":1}"#)
  }

  @Test func `may escape any character`() throws {
    let response = try response("escapes")
    #expect(response.reading?.name == "TÜ/XC 🚗")
    #expect(response.reading?.description == "ab \u{FFFD} c")
    #expect(response.reading?.portraitURL == "http://x/a.png")
    #expect(response.routes[0].points == [position(488_255_600, 93_311_100, 0)])
    #expect(response.findings.summary == ["lone_surrogate", "nul_character"])
  }

  @Test func `may begin with a byte order mark and be indented with no-break spaces`() throws {
    #expect(try response("bom-and-no-break-spaces").findings.summary == ["byte_order_mark", "no_break_space x3"])
  }

  @Test func `may be Latin-1`() throws {
    let response = try response("latin-1")
    #expect(response.reading?.name == "LÖ-SY 7012")
    #expect(response.reading?.description == "Straße")
    #expect(response.findings.summary == ["text_not_utf8 x2"])
    #expect(response.findings[0].sample == "LÖ-SY 7012")
  }

  @Test func `may hold raw control characters`() throws {
    let response = try response("control-characters")
    #expect(response.reading?.name == "My\nvehicle")
    #expect(response.reading?.description == "ab")
    #expect(response.findings.summary == ["control_character", "nul_character x3"])
  }

  @Test func `may repeat keys, of which the last one counts`() throws {
    let response = try response("duplicate-keys")
    #expect(response.routes == [Route(departedAt: Sample.date(60))])
    #expect(response.findings.summary == ["duplicate_key x3"])
  }

  @Test func `may have superfluous commas and missing values`() throws {
    let response = try response("broken-commas")
    #expect(response.routes == [Route(departedAt: Sample.date(60))])
    #expect(response.findings.summary == ["doubled_comma x2", "missing_value", "trailing_comma x3"])
  }

  @Test func `may have duplicate and unordered routes`() throws {
    let response = try response("unordered-routes")
    #expect(
      response.routes == [
        Route(departedAt: Sample.date(60), arrivedAt: Sample.date(90)),
        Route(departedAt: Sample.date(3_600), arrivedAt: Sample.date(3_700)),
        Route(departedAt: Sample.date(7_200), arrivedAt: Sample.date(7_400)),
      ])
    #expect(response.findings.summary == ["duplicate_departure"])
  }

  @Test func `may have odd points`() throws {
    let response = try response("odd-points")
    #expect(
      response.routes[0].points == [
        position(481_000_000, 91_000_000, 10), position(482_000_000, 92_000_000, nil),
        position(483_000_000, 93_000_000, 30), position(484_000_000, 94_000_000, 40), RoutePoint(nil, speedTenths: 60),
        RoutePoint(nil, speedTenths: 70), position(488_000_000, 98_000_000, nil),
        position(489_000_000, 99_000_000, nil), position(480_000_000, 90_000_000, 100),
      ])
    #expect(
      response.findings.summary == [
        "point_empty", "point_garbled x2", "point_out_of_range", "point_speed_out_of_range x2", "point_zero",
      ])
    #expect(response.findings.first { $0.rule == "point_garbled" }?.sample == "48,5,9,5,5")
    #expect(response.findings.hasOnly { $0.departedAt == Sample.date(60) })
  }

  @Test func `may have routes and pauses that end before they begin`() throws {
    let response = try response("ends-before-starts")
    #expect(response.findings == [])
    let day = assemble(Sample.day, of: Sample.device, from: [response])
    #expect(day.routes == response.routes)
    #expect(
      day.findings.summary == ["pause_ends_before_start", "route_ends_before_start"])
  }

  @Test func `may have tags and codes that are not in the document`() throws {
    let response = try response("unknown-things")
    #expect(response.reading?.statusCode == 6)
    #expect(response.reading?.errorCode == 77)
    #expect(response.routes[0].pauses == [RoutePause(typeCode: 3)])
    #expect(
      response.findings.summary == [
        "unknown_error_code", "unknown_pause_type", "unknown_status_code", "unknown_tag", "unknown_tag",
        "unknown_tag x2",
      ])
    let tags = response.findings.filter { $0.rule == "unknown_tag" }
    #expect(tags.compactMap(\.subject) == ["version", "device_fuel", "driver"])
    #expect(tags.compactMap(\.sample) == ["2", "12", "A"])
  }
}
