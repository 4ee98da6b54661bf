import FleetModel
import FoundationEssentials
import TestSupport
import Testing
import Transform

@Suite struct `A device-day` {
  private let point = RoutePoint(Coordinate(latitudeE7: 1, longitudeE7: 1), speedTenths: 10)

  private func response(
    _ asked: UTCDay, _ routes: [Route], requested: Int = 90_000, device: Int64 = 492, dropped: Int = 0
  )
    -> DayResponse
  {
    DayResponse(
      device: DeviceID(device), askedDay: asked, requestedAt: Sample.date(requested), reading: nil, routes: routes,
      droppedRoutes: dropped, findings: [])
  }

  private func route(_ departure: Int, _ arrival: Int?, points: Int = 0, pause: Int32? = nil) -> Route {
    Route(
      departedAt: Sample.date(departure), arrivedAt: arrival.map(Sample.date), pauseSeconds: pause,
      points: Array(repeating: point, count: points))
  }

  /// Assembles the day, and checks that the order of the responses does not matter.
  private func assembled(_ responses: [DayResponse]) -> DeviceDay {
    let day = assemble(Sample.day, of: Sample.device, from: responses)
    var random = SeededGenerator(seed: 3)
    for _ in 0..<12 {
      #expect(assemble(Sample.day, of: Sample.device, from: responses.shuffled(using: &random)) == day)
    }
    return day
  }

  @Test func `is empty without responses`() {
    #expect(
      assembled([]) == DeviceDay(device: Sample.device, day: Sample.day, routes: [], askedDays: [], findings: []))
  }

  @Test func `has all routes that depart on it, from any response, in order of departure`() {
    let (yesterday, tomorrow) = (Sample.day.previous, Sample.day.next)
    let day = assembled([
      response(Sample.day, [route(-600, 60), route(3_600, 4_000), route(86_400, 87_000)]),
      response(yesterday, [route(-600, 60), route(0, 100)]),
      response(tomorrow, [route(86_399, 90_000), route(90_100, 90_200)]),
    ])
    #expect(day.routes == [route(0, 100), route(3_600, 4_000), route(86_399, 90_000)])
    #expect(day.askedDays == [yesterday, Sample.day, tomorrow])
    #expect(day.findings == [])
  }

  /// The response for the day reports the route from before midnight on, that for the next day from midnight on.
  @Test func `has a route once that two responses report with departures up to a minute apart`() {
    let (full, cut) = (route(86_360, 90_000, points: 2), route(86_400, 90_000, points: 1))
    let responses = [response(Sample.day, [full]), response(Sample.day.next, [cut])]
    #expect(assembled(responses).routes == [full])
    #expect(assemble(Sample.day.next, of: Sample.device, from: responses).routes == [])
    #expect(assembled(responses).findings.summary == ["route_version_superseded"])
    // The version with more points wins, whichever day it departs on.
    let richer = [response(Sample.day, [full]), response(Sample.day.next, [route(86_400, 90_000, points: 3)])]
    #expect(assembled(richer).routes == [])
    #expect(
      assemble(Sample.day.next, of: Sample.device, from: richer).routes.map(\.departedAt) == [Sample.date(86_400)])
  }

  @Test func `chains such departures over several responses`() {
    let day = assembled([
      response(Sample.day, [route(3_600, 9_000, points: 1)]),
      response(Sample.day.next, [route(3_655, 9_000, points: 5)]),
      response(Sample.day.previous, [route(3_710, 9_000, points: 2)]),
    ])
    #expect(day.routes == [route(3_655, 9_000, points: 5)])
  }

  @Test func `keeps routes apart that one response reports, that arrive at another time, or depart later`() {
    #expect(assembled([response(Sample.day, [route(60, 9_000), route(90, 9_000)])]).routes.count == 2)
    func count(_ other: Route) -> Int {
      assembled([response(Sample.day, [route(60, 9_000)]), response(Sample.day.next, [other])]).routes.count
    }
    #expect(count(route(120, 9_000)) == 1)
    #expect(count(route(121, 9_000)) == 2)
    #expect(count(route(120, 9_001)) == 2)
    #expect(count(route(120, nil)) == 2)
    // One of the two is in both responses, so the other is another route.
    let both = assembled([
      response(Sample.day, [route(60, 9_000), route(90, 9_000)]), response(Sample.day.next, [route(90, 9_000)]),
    ])
    #expect(both.routes == [route(60, 9_000), route(90, 9_000)])
  }

  @Test func `takes what a response that is not whole carries only while no whole one is there`() {
    let whole = response(Sample.day, [route(60, 90), route(120, 150)], requested: 90_000)
    let broken = response(Sample.day, [route(60, 90)], requested: 95_000, dropped: 1)
    #expect(assembled([whole, broken]).routes == whole.routes)
    #expect(assembled([broken]).routes == broken.routes)
  }

  @Test func `has the version with the later destination`() {
    let long = route(80_000, 100_000, points: 1)
    let day = assembled([
      response(Sample.day, [route(80_000, 86_399, points: 9)]), response(Sample.day.next, [long]),
      response(Sample.day.advanced(by: 2), [route(80_000, nil, points: 20)]),
    ])
    #expect(day.routes == [long])
    #expect(day.findings.summary == ["route_version_superseded x2"])
    #expect(day.findings[0].departedAt == Sample.date(80_000))
  }

  @Test func `has the version with more points if the arrivals are equal`() {
    let day = assembled([
      response(Sample.day, [route(80_000, 90_000, points: 2)]),
      response(Sample.day.next, [route(80_000, 90_000, points: 3)]),
    ])
    #expect(day.routes.map(\.points.count) == [3])
  }

  @Test func `has the version from its own response if the numbers of points are equal`() {
    let day = assembled([
      response(Sample.day, [route(80_000, 90_000, pause: 1)], requested: 90_000),
      response(Sample.day.next, [route(80_000, 90_000, pause: 2)], requested: 180_000),
    ])
    #expect(day.routes.map(\.pauseSeconds) == [1])
  }

  @Test func `has the version from the later response, or else a fixed one, if none comes from its own response`() {
    let later = assembled([
      response(Sample.day.previous, [route(80_000, 90_000, pause: 1)], requested: 90_001),
      response(Sample.day.next, [route(80_000, 90_000, pause: 2)], requested: 90_000),
    ])
    #expect(later.routes.map(\.pauseSeconds) == [1])
    let even = assembled(
      (0..<5).map { response(Sample.day.advanced(by: 1 + $0), [route(80_000, 90_000, pause: Int32($0))]) })
    #expect(even.routes.count == 1)
    #expect(even.findings.summary == ["route_version_superseded x4"])
  }

  @Test func `uses only the latest response for each asked day`() {
    let day = assembled([
      response(Sample.day, [route(60, 200), route(300, 400)], requested: 90_000),
      response(Sample.day, [route(60, 100)], requested: 95_000),
    ])
    #expect(day.routes == [route(60, 100)])
    #expect(day.findings == [])
    _ = assembled([
      response(Sample.day, [route(60, 200)]), response(Sample.day, [route(60, 100)]), response(Sample.day, []),
    ])
  }

  @Test func `ignores responses of other devices`() {
    #expect(assembled([response(Sample.day, [route(60, 200)], device: 493)]).routes == [])
  }

  @Test func `is not changed by a response with the same routes`() {
    let once = assembled([response(Sample.day, [route(80_000, 90_000)])])
    let twice = assembled([
      response(Sample.day, [route(80_000, 90_000)]),
      response(Sample.day.next, [route(80_000, 90_000)], requested: 190_000),
    ])
    #expect(once == twice)
    #expect(once.contentHash == twice.contentHash)
  }
}
