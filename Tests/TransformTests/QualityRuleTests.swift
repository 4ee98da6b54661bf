import FleetModel
import FoundationEssentials
import Testing

@testable import Transform

@Suite struct `The quality rules` {
  private func findings(_ routes: Route..., requested: Int = 90_000) -> [Finding] {
    let response = DayResponse(
      device: Sample.device, askedDay: Sample.day, requestedAt: Sample.date(requested), reading: nil, routes: routes,
      findings: [])
    let day = assemble(Sample.day, of: Sample.device, from: [response])
    #expect(day.routes == routes, "a rule must not change a row")
    return day.findings
  }

  private func km(_ kilometres: Int64) -> Decimal3 { Decimal3(thousandths: kilometres * 1_000) }

  /// An hour from one o'clock, 50 km, one pause of ten minutes.
  private var plausible: Route {
    Route(
      departedAt: Sample.date(3_600), arrivedAt: Sample.date(7_200), originMileage: km(100),
      destinationMileage: km(150), averageSpeed: km(60), averageSpeedDistance: km(50), pauseSeconds: 600,
      points: [RoutePoint(Coordinate(latitudeE7: 1, longitudeE7: 1), speedTenths: 2_500)],
      pauses: [RoutePause(typeCode: 1, startedAt: Sample.date(4_000), endedAt: Sample.date(4_600))])
  }

  private func changed(_ change: (inout Route) -> Void) -> Route {
    var route = plausible
    change(&route)
    return route
  }

  @Test func `find nothing in a plausible day`() {
    let next = changed {
      $0.departedAt = Sample.date(7_200)
      $0.arrivedAt = Sample.date(10_800)
      ($0.originMileage, $0.destinationMileage) = (km(150), km(200))
      $0.pauses = [RoutePause(startedAt: Sample.date(7_200), endedAt: Sample.date(7_800))]
    }
    #expect(findings(plausible, next) == [])
    // With times only, there is nothing to contradict.
    let bare = Route(departedAt: Sample.date(60), arrivedAt: Sample.date(90))
    #expect(findings(bare, Route(departedAt: Sample.date(120), arrivedAt: Sample.date(150))) == [])
  }

  @Test func `find a route that ends before it begins`() {
    let found = findings(
      changed {
        $0.arrivedAt = Sample.date(3_599); $0.pauses = []
      })
    #expect(found.summary == ["route_ends_before_start"])
    #expect(found[0].departedAt == Sample.date(3_600))
    #expect(found[0].sample == "\(Sample.midnight + 3_600) to \(Sample.midnight + 3_599)")
  }

  @Test func `find a pause that ends before it begins`() {
    let found = findings(
      changed {
        $0.pauses = [RoutePause(startedAt: Sample.date(4_600), endedAt: Sample.date(4_000))]
        $0.pauseSeconds = nil
      })
    #expect(found.summary == ["pause_ends_before_start"])
  }

  @Test func `find overlapping routes, even if other routes depart in between`() {
    let short = Route(departedAt: Sample.date(3_700), arrivedAt: Sample.date(3_800))
    let later = Route(departedAt: Sample.date(7_199), arrivedAt: Sample.date(9_000))
    let found = findings(plausible, short, later)
    #expect(found.summary == ["overlapping_routes", "overlapping_routes"])
    #expect(found.map(\.departedAt) == [Sample.date(3_700), Sample.date(7_199)])
  }

  @Test func `find an odometer that decreases within a route or between two routes`() {
    #expect(
      findings(
        changed {
          $0.destinationMileage = km(99); $0.averageSpeedDistance = nil
        }
      ).summary == ["odometer_falls"])
    let next = Route(departedAt: Sample.date(8_000), arrivedAt: Sample.date(8_100), originMileage: km(149))
    let found = findings(plausible, next)
    #expect(found.summary == ["odometer_falls"])
    #expect(found[0].departedAt == Sample.date(8_000))
    #expect(found[0].sample == "150.000 km, then 149.000 km")
  }

  @Test func `find an odometer that jumps within a route`() {
    #expect(
      findings(
        changed {
          $0.destinationMileage = km(352); $0.averageSpeedDistance = nil
        }
      ).summary == ["odometer_jumps"])
    #expect(
      findings(
        changed {
          $0.destinationMileage = km(351); $0.averageSpeedDistance = nil
        }) == [])
  }

  @Test(arguments: [(151, false), (153, false), (154, true)])
  func `find an odometer that jumps between two routes`(origin: Int64, isFound: Bool) {
    // In 30 s a vehicle can drive 2.08 km; one more kilometre is allowed for rounding.
    let next = Route(departedAt: Sample.date(7_230), arrivedAt: Sample.date(7_300), originMileage: km(origin))
    let found = findings(plausible, next)
    #expect(found.summary == (isFound ? ["odometer_jumps"] : []))
    if isFound {
      #expect(found[0].departedAt == Sample.date(7_230))
      #expect(found[0].sample == "4.0 km in 30 s")
    }
  }

  @Test func `find a route without an arrival`() {
    let found = findings(
      changed {
        $0.arrivedAt = nil; $0.averageSpeedDistance = nil
      })
    #expect(found.summary == ["route_without_arrival"])
    #expect(found[0].sample == "departs \(Sample.midnight + 3_600)")
  }

  @Test(arguments: [(3_599, 4_200), (4_000, 7_201), (7_300, 7_900)])
  func `find a pause outside its route`(start: Int, end: Int) {
    let found = findings(
      changed {
        $0.pauses = [RoutePause(startedAt: Sample.date(start), endedAt: Sample.date(end))]
        $0.pauseSeconds = nil
      })
    #expect(found.summary == ["pause_outside_route"])
  }

  @Test func `find a sum of pauses that differs by more than one second per pause`() {
    #expect(findings(changed { $0.pauseSeconds = 602 }).summary == ["pause_sum_differs"])
    #expect(findings(changed { $0.pauseSeconds = 601 }) == [])
    #expect(
      findings(
        changed {
          $0.pauseSeconds = 900; $0.pauses = []
        }) == [])
    #expect(
      findings(
        changed {
          $0.pauseSeconds = 900; $0.pauses.append(RoutePause())
        }) == [])
  }

  @Test func `find an average speed that contradicts distance and time both with and without pauses`() {
    #expect(findings(changed { $0.averageSpeedDistance = km(60) }) == [])
    #expect(findings(changed { $0.averageSpeedDistance = km(80) }).summary == ["average_speed_contradicts"])
    #expect(findings(changed { $0.averageSpeedDistance = km(30) }).summary == ["average_speed_contradicts"])
    #expect(
      findings(
        changed {
          $0.averageSpeedDistance = km(30); $0.originMileage = nil
        }) == [])
  }

  @Test func `find a track that contradicts the odometer`() {
    /// A line of so many points, so many metres apart.
    func line(_ count: Int64, _ metres: Int64 = 1_000) -> [RoutePoint] {
      (0..<count).map {
        RoutePoint(Coordinate(latitudeE7: $0 * metres * 89_932 / 1_000, longitudeE7: 90_000_000), speedTenths: nil)
      }
    }
    // 50 km by odometer: 64 km by points are allowed, 66 km are more than 2 km and 20 % too long.
    #expect(findings(changed { $0.points = line(65) }) == [])
    let long = findings(changed { $0.points = line(67) })
    #expect(long.summary == ["track_contradicts_odometer"])
    #expect(long[0].sample == "66.000 km by points, 50 km by odometer")
    #expect(findings(changed { $0.points = line(83, 500) }) == [])
    #expect(findings(changed { $0.points = line(60, 500) }).summary == ["track_contradicts_odometer"])
    // Too few points to show that it is short.
    #expect(findings(changed { $0.points = line(20) }) == [])
  }

  @Test func `find speeds above 250 km/h`() {
    let fast = RoutePoint(nil, speedTenths: 2_501)
    let found = findings(
      changed {
        $0.points += [fast, fast]
        $0.averageSpeed = Decimal3(thousandths: 250_010)
      })
    #expect(found.summary == ["speed_above_bound x3"])
    #expect(found[0].sample == "250.010 km/h")
  }

  @Test func `find times more than a day after the request`() {
    let request = 3_600 - 86_400
    #expect(
      findings(
        changed {
          $0.arrivedAt = Sample.date(3_600); $0.pauses = []
        }, requested: request) == [])
    let found = findings(plausible, requested: request - 1)
    #expect(found.summary == ["future_timestamp x4"])
  }

}
