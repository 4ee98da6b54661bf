import FleetModel
import FoundationEssentials
import Testing
import Transform

@Suite struct `The content of a day` {
  private let route = Route(
    departedAt: Sample.date(60), arrivedAt: Sample.date(120), originMileage: Decimal3(thousandths: 1),
    points: [RoutePoint(Coordinate(latitudeE7: 1, longitudeE7: 2), speedTenths: 3)],
    pauses: [RoutePause(typeCode: 1, isGrouped: false)])

  private var day: DeviceDay {
    let finding = Finding(rule: "x", severity: .info, device: Sample.device, day: Sample.day, detail: "y")
    return DeviceDay(
      device: Sample.device, day: Sample.day, routes: [route], askedDays: [Sample.day], findings: [finding])
  }

  @Test func `has the same hash for the same values`() {
    #expect(day.contentHash == day.contentHash)
    #expect(day.contentHash.count == 32)
  }

  @Test func `has the same hash when a finding is worded differently`() {
    var reworded = day
    reworded.findings[0].detail = "z"
    #expect(reworded != day)
    #expect(reworded.contentHash == day.contentHash)
  }

  @Test func `has a different hash when any value differs`() {
    let changes: [(inout DeviceDay) -> Void] = [
      { $0.device = DeviceID(1) }, { $0.day = $0.day.next }, { $0.routes = [] },
      { $0.askedDays = [$0.day.next] }, { $0.routes.append($0.routes[0]) },
      { $0.routes[0].departedAt = Sample.date(61) }, { $0.routes[0].arrivedAt = nil },
      { $0.routes[0].originMileage = nil }, { $0.routes[0].destinationMileage = Decimal3(thousandths: 1) },
      {
        $0.routes[0].originMileage = nil; $0.routes[0].destinationMileage = Decimal3(thousandths: 1)
      },
      { $0.routes[0].origin = Coordinate(latitudeE7: 1, longitudeE7: 2) },
      { $0.routes[0].destination = Coordinate(latitudeE7: 1, longitudeE7: 2) },
      { $0.routes[0].averageSpeed = Decimal3(thousandths: 0) },
      { $0.routes[0].averageSpeedDistance = Decimal3(thousandths: 0) }, { $0.routes[0].pauseSeconds = 0 },
      { $0.routes[0].points = [] }, { $0.routes[0].points[0] = RoutePoint(nil, speedTenths: 3) },
      { $0.routes[0].points[0] = RoutePoint(Coordinate(latitudeE7: 2, longitudeE7: 1), speedTenths: 3) },
      { $0.routes[0].points[0] = RoutePoint(Coordinate(latitudeE7: 1, longitudeE7: 2), speedTenths: nil) },
      { $0.routes[0].pauses = [] }, { $0.routes[0].pauses[0].typeCode = 2 }, { $0.routes[0].pauses[0].isGrouped = nil },
      { $0.routes[0].pauses[0].startedAt = Sample.date(70) }, { $0.routes[0].pauses[0].endedAt = Sample.date(70) },
      { $0.routes[0].pauses[0].mileage = Decimal3(thousandths: 0) },
      { $0.routes[0].pauses[0].location = Coordinate(latitudeE7: 1, longitudeE7: 1) }, { $0.findings = [] },
      { $0.findings[0].rule = "z" }, { $0.findings[0].severity = .error }, { $0.findings[0].occurrences = 2 },
      { $0.findings[0].subject = "z" }, { $0.findings[0].sample = "" },
      { $0.findings[0].departedAt = Sample.date(60) },
    ]
    var hashes: Set = [day.contentHash]
    for change in changes {
      var changed = day
      change(&changed)
      hashes.insert(changed.contentHash)
    }
    #expect(hashes.count == changes.count + 1)
  }

  @Test func `of a reading has a different fingerprint when any attribute except the device differs`() {
    let changes: [(inout DeviceReading) -> Void] = [
      { $0.imei = 1 }, { $0.type = "" }, { $0.name = "" }, { $0.description = "" }, { $0.portraitURL = "" },
      { $0.mileage = Decimal3(thousandths: 1) }, { $0.rawMileage = Decimal3(thousandths: 1) },
      { $0.dayDistance = Decimal3(thousandths: 1) }, { $0.speed = Decimal3(thousandths: 1) },
      { $0.engineRPM = Decimal3(thousandths: 1) }, { $0.engineTemperature = Decimal3(thousandths: 1) },
      { $0.externalVoltage = Decimal3(thousandths: 1) }, { $0.internalVoltage = Decimal3(thousandths: 1) },
      { $0.heading = Decimal3(thousandths: 1) }, { $0.onlineAt = Sample.date(1) }, { $0.isOnlineUnusable = true },
      { $0.heartbeatAt = Sample.date(1) },
      { $0.errorCode = 1 }, { $0.errorAt = Sample.date(1) }, { $0.errorText = "" }, { $0.statusCode = 1 },
      { $0.statusText = "" }, { $0.statusAbsence = "" }, { $0.statusDescription = "" },
      { $0.location = Coordinate(latitudeE7: 1, longitudeE7: 1) },
    ]
    let blank = DeviceReading(device: DeviceID(1))
    #expect(changes.count == Mirror(reflecting: blank).children.count - 1)
    var fingerprints: Set = [blank.fingerprint]
    for change in changes {
      var changed = blank
      change(&changed)
      fingerprints.insert(changed.fingerprint)
    }
    #expect(fingerprints.count == changes.count + 1)
    #expect(DeviceReading(device: DeviceID(2)).fingerprint == blank.fingerprint)
  }
}
