import FleetModel
import FoundationEssentials
import TestSupport
import Testing
import Transform

/// The samples in the vendor's document as printed there; see FleetizeAPITests/Fixture.swift.
@Suite struct `The vendor's sample` {
  @Test func `of a device list becomes two readings`() throws {
    let body = try Sample.fixture("../FleetizeAPITests/Fixtures/devicelist-sample.json")
    guard case .list(let list) = interpret(Sample.response(body, to: .deviceList)) else {
      return #expect(Bool(false), "rejected")
    }
    var first = DeviceReading(device: DeviceID(492))
    first.imei = 359_183_064_907_632
    first.type = "CAR"
    first.name = "My vehicle"
    first.description = "BMW E46 M3 Coupe"
    first.portraitURL = "http://track.fleetize.com/assets/img/devices/1471424858072.png"
    first.mileage = Decimal3(thousandths: 277_910_000)
    first.dayDistance = Decimal3(thousandths: 0)
    first.onlineAt = Date(timeIntervalSince1970: 1_426_576_180)
    first.heartbeatAt = Date(timeIntervalSince1970: 1_426_776_180)
    first.errorCode = 0
    first.statusAbsence = "Parking: 1d 10h"
    first.statusDescription = "parked since Di, 17.03., 08:09"
    first.statusText = "offline"
    first.location = Coordinate(latitudeE7: 488_777_800, longitudeE7: 93_488_900)
    var second = DeviceReading(device: DeviceID(493))
    second.imei = 349_133_054_916_622
    second.type = "CAR"
    #expect(list.readings == [first, second])
    #expect(list.findings.summary == ["doubled_comma", "no_break_space x65", "trailing_comma x2"])
    #expect(list.findings.hasOnly { $0.severity == .info && $0.device == nil && $0.day == nil })
  }

  @Test func `of a day becomes a route, and its three dots a garbled point`() throws {
    let body = try Sample.fixture("../FleetizeAPITests/Fixtures/device-sample.json")
    let day = try #require(UTCDay("2015-04-08"))
    guard case .day(let response) = interpret(Sample.response(body, to: .deviceDay(DeviceID(492), day))) else {
      return #expect(Bool(false), "rejected")
    }
    let end = Coordinate(latitudeE7: 488_255_600, longitudeE7: 93_311_100)
    let departedAt = Date(timeIntervalSince1970: 1_428_498_484)
    #expect(
      response.routes == [
        Route(
          departedAt: departedAt, arrivedAt: Date(timeIntervalSince1970: 1_428_503_164),
          originMileage: Decimal3(thousandths: 277_843_000), destinationMileage: Decimal3(thousandths: 277_870_000),
          origin: Coordinate(latitudeE7: 488_791_700, longitudeE7: 91_919_400), destination: end,
          points: [RoutePoint(end, speedTenths: 0), RoutePoint(end, speedTenths: 0)])
      ])
    #expect(response.reading?.name == "My vehicle")
    #expect(response.askedDay == day)
    #expect(
      response.findings.filter { $0.rule == "point_garbled" } == [
        Finding(
          rule: "point_garbled", severity: .warning, device: DeviceID(492), day: day, departedAt: departedAt,
          detail: "A route point that is not two or three numbers was dropped. The other points were kept.",
          sample: "...")
      ])
    #expect(
      response.findings.summary
        == ["day_not_stated", "no_break_space x\(try count(0xA0, in: body))", "point_garbled", "trailing_comma x2"])
    #expect(assemble(day, of: DeviceID(492), from: [response]).findings == [])
  }

  private func count(_ byte: UInt8, in body: [UInt8]) throws -> Int { body.count { $0 == byte } }
}
