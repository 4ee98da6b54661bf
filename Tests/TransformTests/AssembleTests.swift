import FleetModel
import FoundationEssentials
import Testing
import Transform

@Suite struct `A device-day` {
  private let point = RoutePoint(Coordinate(latitudeE7: 1, longitudeE7: 1), speedTenths: 10)

  private func answer(_ asked: UTCDay, _ routes: [Route], requested: Int = 90_000, device: Int64 = 492) -> DayAnswer {
    DayAnswer(
      device: DeviceID(device), askedDay: asked, requestedAt: Answer.date(requested), reading: nil, routes: routes,
      findings: [])
  }

  private func route(_ departure: Int, _ arrival: Int?, points: Int = 0, pause: Int32? = nil) -> Route {
    Route(
      departedAt: Answer.date(departure), arrivedAt: arrival.map(Answer.date), pauseSeconds: pause,
      points: Array(repeating: point, count: points))
  }

  /// The same from every order of the answers.
  private func assembled(_ answers: [DayAnswer]) -> DeviceDay {
    let day = assemble(Answer.day, of: Answer.device, from: answers)
    var random = SeededRandom(state: 3)
    for _ in 0..<12 {
      #expect(assemble(Answer.day, of: Answer.device, from: answers.shuffled(using: &random)) == day)
    }
    return day
  }

  @Test func `without answers is empty`() {
    #expect(assembled([]) == DeviceDay(device: Answer.device, day: Answer.day, routes: [], findings: []))
  }

  @Test func `has the routes that depart on it, from whichever answer, by departure`() {
    let (yesterday, tomorrow) = (Answer.day.previous, Answer.day.next)
    let day = assembled([
      answer(Answer.day, [route(-600, 60), route(3_600, 4_000), route(86_400, 87_000)]),
      answer(yesterday, [route(-600, 60), route(0, 100)]),
      answer(tomorrow, [route(86_399, 90_000), route(90_100, 90_200)]),
    ])
    #expect(day.routes == [route(0, 100), route(3_600, 4_000), route(86_399, 90_000)])
    #expect(day.findings == [])
  }

  @Test func `has the version with the later destination`() {
    let long = route(80_000, 100_000, points: 1)
    let day = assembled([
      answer(Answer.day, [route(80_000, 86_399, points: 9)]), answer(Answer.day.next, [long]),
      answer(Answer.day.advanced(by: 2), [route(80_000, nil, points: 20)]),
    ])
    #expect(day.routes == [long])
    #expect(day.findings.summary == ["route_version_superseded x2"])
    #expect(day.findings[0].departedAt == Answer.date(80_000))
  }

  @Test func `has the version with more points when the destination is the same`() {
    let day = assembled([
      answer(Answer.day, [route(80_000, 90_000, points: 2)]),
      answer(Answer.day.next, [route(80_000, 90_000, points: 3)]),
    ])
    #expect(day.routes.map(\.points.count) == [3])
  }

  @Test func `has its own answer's version when the points are as many`() {
    let day = assembled([
      answer(Answer.day, [route(80_000, 90_000, pause: 1)], requested: 90_000),
      answer(Answer.day.next, [route(80_000, 90_000, pause: 2)], requested: 180_000),
    ])
    #expect(day.routes.map(\.pauseSeconds) == [1])
  }

  @Test func `has the later answer's version, then any fixed one, when no answer is its own`() {
    let later = assembled([
      answer(Answer.day.previous, [route(80_000, 90_000, pause: 1)], requested: 90_001),
      answer(Answer.day.next, [route(80_000, 90_000, pause: 2)], requested: 90_000),
    ])
    #expect(later.routes.map(\.pauseSeconds) == [1])
    let even = assembled(
      (0..<5).map { answer(Answer.day.advanced(by: 1 + $0), [route(80_000, 90_000, pause: Int32($0))]) })
    #expect(even.routes.count == 1)
    #expect(even.findings.summary == ["route_version_superseded x4"])
  }

  @Test func `goes by the latest answer of each asked day`() {
    let day = assembled([
      answer(Answer.day, [route(60, 200), route(300, 400)], requested: 90_000),
      answer(Answer.day, [route(60, 100)], requested: 95_000),
    ])
    #expect(day.routes == [route(60, 100)])
    #expect(day.findings == [])
    _ = assembled([answer(Answer.day, [route(60, 200)]), answer(Answer.day, [route(60, 100)]), answer(Answer.day, [])])
  }

  @Test func `does not take another device's answers`() {
    #expect(assembled([answer(Answer.day, [route(60, 200)], device: 493)]).routes == [])
  }

  @Test func `is not changed by an answer that tells the same`() {
    let once = assembled([answer(Answer.day, [route(80_000, 90_000)])])
    let twice = assembled([
      answer(Answer.day, [route(80_000, 90_000)]), answer(Answer.day.next, [route(80_000, 90_000)], requested: 190_000),
    ])
    #expect(once == twice)
    #expect(once.contentHash == twice.contentHash)
  }
}
