import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A route that is cut at midnight` {
  private let now = Date(timeIntervalSince1970: 1_793_491_800)
  private let days = (UTCDay(number: 20_700)...UTCDay(number: 20_755))

  private func fleet(_ kind: VehicleKind, isCut: Bool) -> GeneratedFleet {
    GeneratedFleet(seed: 5, kinds: [kind], cutsAtMidnight: isCut)
  }

  private func routes(_ fleet: GeneratedFleet) -> [SimulatedRoute] {
    days.flatMap { fleet.routes(of: DeviceID(492), departingOn: $0) }
  }

  @Test(arguments: [VehicleKind.nightShift, .longHaul])
  func `continues on the next day with the same mileage and place`(kind: VehicleKind) async throws {
    let (whole, cut) = (routes(fleet(kind, isCut: false)), routes(fleet(kind, isCut: true)))
    let crossing = try #require(
      whole.first { UTCDay(containing: $0.departedAt).end.addingTimeInterval(60) < $0.arrivedAt })
    let day = UTCDay(containing: crossing.departedAt)
    let (first, second) = try await withSocket(fleet(kind, isCut: true), at: now) {
      (try await $0.day(day, of: 492).readDay(), try await $0.day(day.next, of: 492).readDay())
    }
    let (before, after) = (try #require(first.routes.last), try #require(second.routes.first))
    #expect(before.departure == Int(crossing.departedAt.timeIntervalSince1970))
    #expect(before.arrival == Int(day.end.timeIntervalSince1970) - 1)
    #expect(after.departure == Int(day.end.timeIntervalSince1970))
    #expect(before.destination_mileage == after.origin_mileage)
    #expect(before.destination_location == after.origin_location)
    #expect(before.points.last == after.points.first)
    #expect(cut.count > whole.count)
    #expect(cut.last { $0.arrivedAt <= crossing.arrivedAt }?.destinationKm == crossing.destinationKm)
  }

  @Test func `has a piece for each of its days`() throws {
    let cut = routes(fleet(.longHaul, isCut: true))
    func midnights(_ route: SimulatedRoute) -> Int {
      UTCDay(containing: route.departedAt).distance(to: UTCDay(containing: route.arrivedAt))
    }
    let long = try #require(
      routes(fleet(.longHaul, isCut: false)).filter { midnights($0) > 0 }.max { midnights($0) < midnights($1) })
    let pieces = cut.filter { long.departedAt <= $0.departedAt && $0.arrivedAt <= long.arrivedAt }
    #expect(pieces.count == midnights(long) + 1)
    #expect(pieces.first?.departedAt == long.departedAt && pieces.last?.arrivedAt == long.arrivedAt)
    #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.destinationKm == $1.originKm })
    // A pause that is under way at midnight loses the second between two pieces.
    let lost = long.pauseSeconds - pieces.map(\.pauseSeconds).reduce(0, +)
    #expect((0...2).contains(lost))
    #expect(pieces.hasOnly { UTCDay(containing: $0.departedAt) == UTCDay(containing: $0.arrivedAt) })
  }

  @Test func `has pauses within each piece, and their sum`() throws {
    let simulator = Simulator(fleet(.longHaul, isCut: true))
    for day in days {
      for route in try simulator.day(day, of: DeviceID(492), at: now).readDay().routes {
        var (clock, sum) = (route.departure, 0)
        for pause in route.route_pause {
          let (start, end) = (Int(pause.start_timestamp) ?? 0, Int(pause.end_timestamp) ?? 0)
          #expect(clock <= start && start < end && end <= route.arrival)
          sum += end - start
          clock = end
        }
        #expect(route.pause_duration == sum)
        #expect(route.points.first == coordinates(route.origin_location) + [0])
        #expect(route.points.last == coordinates(route.destination_location) + [0])
      }
    }
  }

  @Test func `is shown only after the arrival of the whole route`() throws {
    let fleet = fleet(.nightShift, isCut: true)
    let crossing = try #require(
      routes(self.fleet(.nightShift, isCut: false)).first {
        UTCDay(containing: $0.departedAt).end.addingTimeInterval(60) < $0.arrivedAt
      })
    let day = UTCDay(containing: crossing.departedAt)
    let simulator = Simulator(fleet)
    func count(at time: Date) throws -> Int {
      try simulator.day(day, of: DeviceID(492), at: time).readDay().routes.count
    }
    #expect(try count(at: crossing.arrivedAt.addingTimeInterval(-1)) + 1 == count(at: crossing.arrivedAt))
  }
}
