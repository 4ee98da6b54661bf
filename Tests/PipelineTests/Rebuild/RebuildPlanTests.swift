import FleetModel
import FleetizeAPI
import Foundation
import Testing
import Transform

@testable import Load
@testable import Pipeline

/// By values alone: a batch and what the database knew.
@Suite struct `The plan of a rebuild` {
  private static let vehicle = DeviceID(492)
  private static let device = DeviceKey(value: 7)
  private let day = UTCDay(number: 20_000)
  private let known = RebuildPlan.Known(keys: [Self.vehicle: Self.device])

  private func key(_ day: UTCDay) -> DayKey { DayKey(device: Self.device, day: day) }

  private func route(on day: UTCDay, hour: Double = 8) -> Route {
    let departure = day.start.addingTimeInterval(hour * 3_600)
    return Route(departedAt: departure, arrivedAt: departure.addingTimeInterval(600))
  }

  /// A response for `day` with routes that depart on `routeDays`, requested `hours` after the day's end.
  private func response(
    _ number: Int64, for day: UTCDay, routes: [Route] = [], hours: Double = 1
  ) -> ReadResponse {
    let requestedAt = day.end.addingTimeInterval(hours * 3_600)
    let content = DayResponse(
      device: Self.vehicle, askedDay: day, requestedAt: requestedAt, reading: nil, routes: routes, findings: [])
    return ReadResponse(
      archived(number, .deviceDay(Self.vehicle, day), day: day, device: Self.device, requestedAt), as: .day(content))
  }

  private func list(_ number: Int64, heartbeatAt: Date) -> ReadResponse {
    var reading = DeviceReading(device: Self.vehicle)
    reading.heartbeatAt = heartbeatAt
    let content = FleetList(requestedAt: heartbeatAt, readings: [reading], findings: [])
    return ReadResponse(
      archived(number, .deviceList, day: UTCDay(containing: heartbeatAt), device: nil, heartbeatAt), as: .list(content))
  }

  private func archived(
    _ number: Int64, _ request: Request, day: UTCDay, device: DeviceKey?, _ requestedAt: Date
  ) -> ArchivedResponse {
    ArchivedResponse(
      key: ResponseKey(number: number, day: day), device: device, call: nil,
      response: Response(
        request: request, requestedAt: requestedAt, answeredAt: requestedAt, httpStatus: 200, contentType: nil,
        isComplete: true, body: []))
  }

  @Test func `rebuilds the asked day and the days on which routes depart`() throws {
    let response = response(1, for: day, routes: [route(on: day.previous, hour: 23), route(on: day)])
    let plan = RebuildPlan(ResponseBatch([response]), known: known)
    #expect(plan.days == [key(day.previous), key(day)])
    #expect(plan.newResponses.map(\.key.number) == [1])
    #expect(plan.fetched == [key(day): response.archived.response.requestedAt])
    #expect(plan.missingResponses.isEmpty)
    let rows = plan.rows(archived: [:])
    #expect(rows.map(\.key) == [key(day.previous), key(day)])
    #expect(rows.map(\.content.routes.count) == [1, 1])
  }

  @Test func `only adds a checkpoint for a response that a known one supersedes`() throws {
    let old = response(1, for: day, routes: [route(on: day), route(on: day.next)])
    var known = known
    known.latest = [key(day): try #require(response(2, for: day, routes: [route(on: day)], hours: 2).known)]
    let plan = RebuildPlan(ResponseBatch([old]), known: known)
    #expect(plan.days.isEmpty && plan.newResponses.isEmpty && plan.fetched.isEmpty)
    #expect(plan.supersededOnly == [key(day), key(day.next)])
  }

  @Test func `counts the latest of several responses for a day, in any order`() {
    let early = response(1, for: day, routes: [route(on: day), route(on: day.next)])
    let late = response(2, for: day, routes: [route(on: day)], hours: 2)
    for batch in [[early, late], [late, early]] {
      let plan = RebuildPlan(ResponseBatch(batch), known: known)
      #expect(plan.newResponses.map(\.key.number) == [2])
      #expect(plan.days == [key(day)])
      #expect(plan.supersededOnly == [key(day.next)])
    }
  }

  @Test func `empties a day that only the replaced response reported`() throws {
    var known = known
    let replaced = response(1, for: day, routes: [route(on: day), route(on: day.next)])
    known.latest = [key(day): try #require(replaced.known)]
    known.contributors = [key(day): [replaced.archived.key], key(day.next): [replaced.archived.key]]
    let plan = RebuildPlan(ResponseBatch([response(2, for: day, routes: [route(on: day)], hours: 2)]), known: known)
    #expect(plan.days == [key(day), key(day.next)])
    let rows = plan.rows(archived: [:])
    #expect(rows.map(\.content.routes.count) == [1, 0])
    #expect(rows.map { $0.hash == nil } == [false, true])
  }

  @Test func `reads only those contributors from the archive that the batch lacks`() throws {
    let neighbour = response(1, for: day.previous, routes: [route(on: day, hour: 1)])
    let elsewhere = response(2, for: day.next, routes: [route(on: day, hour: 20)])
    var known = known
    known.contributors = [key(day): [neighbour.archived.key, elsewhere.archived.key]]
    let batch = ResponseBatch([response(3, for: day, routes: [route(on: day)])], neighbours: [neighbour])
    let plan = RebuildPlan(batch, known: known)
    #expect(plan.missingResponses == [elsewhere.archived.key])
    let rows = plan.rows(archived: [2: try #require(elsewhere.dayResponse)])
    #expect(rows.map(\.content.routes.count) == [3])
    // An archived response that does not count contributes nothing.
    #expect(plan.rows(archived: [:]).map(\.content.routes.count) == [2])
  }

  @Test func `knows a response that was loaded before`() throws {
    let response = response(1, for: day, routes: [route(on: day)])
    var known = known
    known.latest = [key(day): try #require(response.known)]
    known.contributors = [key(day): [response.archived.key]]
    let plan = RebuildPlan(ResponseBatch([response]), known: known)
    #expect(plan.newResponses.isEmpty)
    #expect(plan.days == [key(day)])
  }

  @Test func `leaves frozen days as they are until a later response for the day itself comes`() {
    let response = response(1, for: day, routes: [route(on: day), route(on: day.next)])
    let requestedAt = response.archived.response.requestedAt
    var known = known
    known.frozen = [key(day): requestedAt.addingTimeInterval(1), key(day.next): requestedAt.addingTimeInterval(-1)]
    let before = RebuildPlan(ResponseBatch([response]), known: known)
    #expect(before.days.isEmpty && before.unfrozen.isEmpty && before.fetched.isEmpty)
    known.frozen[key(day)] = requestedAt.addingTimeInterval(-1)
    let after = RebuildPlan(ResponseBatch([response]), known: known)
    #expect(after.days == [key(day)] && after.unfrozen == [key(day)])
  }

  @Test func `reviews pending days only after a device list, and earlier fetches only if something is new`() throws {
    let list = list(1, heartbeatAt: day.end)
    let answer = RebuildPlan(ResponseBatch([response(2, for: day)]), known: known)
    let unchanged = try #require(answer.reviews(changed: []).first)
    #expect(unchanged.since == nil && !unchanged.includesPending)
    let changed = try #require(answer.reviews(changed: [Self.device]).first)
    #expect(changed.since == day.end.addingTimeInterval(3_600) && !changed.includesPending)

    let both = RebuildPlan(ResponseBatch([list, response(2, for: day)]), known: known).reviews(changed: [Self.device])
    #expect(both.map(\.device) == [Self.device])
    #expect(both.map(\.since) == [day.end] && both.map(\.includesPending) == [true])
  }

  @Test func `compares the odometer around the midnight before a list's heartbeat`() {
    let plan = RebuildPlan(ResponseBatch([list(1, heartbeatAt: day.start.addingTimeInterval(300))]), known: known)
    #expect(plan.daysNextToSeals(of: [Self.device]) == [key(day.previous), key(day)])
    #expect(plan.daysNextToSeals(of: []) == [])
  }

  @Test func `compares a response with the previous one for the same day`() throws {
    let first = response(1, for: day, routes: [route(on: day)])
    let second = response(2, for: day, routes: [route(on: day), route(on: day, hour: 9)], hours: 2)
    var known = known
    known.repeated = [key(day): [ResponseKey(number: 3, day: day), second.archived.key, first.archived.key]]
    let plan = RebuildPlan(ResponseBatch([second]), known: known)
    #expect(plan.earlierResponses == [2: [first.archived.key]])
    let rows = plan.findings(previous: [2: try #require(first.dayResponse)])
    #expect(rows[2]?.map(\.rule) == ["day_changed"])
    #expect(rows[2]?.map(\.device) == [Self.device])
    #expect(plan.findings(previous: [2: try #require(second.dayResponse)]) == [2: []])
    #expect(plan.findings(previous: [:]) == [2: []])
  }
}
