import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@Suite struct `A generated route` {
  let routes: [ReadDay.Route]

  init() throws {
    let fleet = GeneratedFleet(seed: 3, kinds: GeneratedFleet.mixture(of: 9))
    let simulator = Simulator(fleet)
    let now = try instant("2026-11-01T00:00:00Z")
    var routes: [ReadDay.Route] = []
    for device in fleet.devices(at: now) {
      for number in 0..<6 {
        routes += try simulator.day(try day("2026-10-19").advanced(by: number), of: device, at: now).readDay().routes
      }
    }
    self.routes = routes
    #expect(routes.count > 60)
  }

  @Test func `has the same ends as its points`() {
    for route in routes {
      #expect(route.points.first == coordinates(route.origin_location) + [0])
      #expect(route.points.last == coordinates(route.destination_location) + [0])
    }
  }

  @Test func `has points that agree with its odometer`() {
    for route in routes {
      let length = zip(route.points, route.points.dropFirst()).reduce(0) { $0 + metres($1.0, $1.1) } / 1000
      let driven = Double(route.destination_mileage - route.origin_mileage)
      #expect(abs(length - driven) < 1.5 + driven * 0.06)
    }
  }

  @Test func `has about one point per 10 s of driving`() {
    for route in routes where route.route_pause.isEmpty {
      #expect(abs(route.points.count - (route.arrival - route.departure) / 10) <= 2)
    }
  }

  @Test func `has speeds that agree with its points`() {
    for route in routes where route.route_pause.isEmpty {
      for (earlier, later) in zip(route.points, route.points.dropFirst()).dropLast() {
        #expect(abs(metres(earlier, later) / 10 * 3.6 - later[2]) < 12)
      }
    }
  }

  @Test func `has the averages described in the document`() {
    for route in routes {
      let moving = route.points.map { $0[2] }.filter { $0 > 0 }
      let mean = moving.reduce(0, +) / Double(max(1, moving.count))
      #expect(abs(route.average_speed - mean) < 0.051)
      let hours = Double(route.arrival - route.departure) / 3600
      let overall = Double(route.destination_mileage - route.origin_mileage) / hours
      #expect(abs(route.average_speed_distance - overall) < 0.051)
    }
  }

  @Test func `has pauses in order within the route, and their sum`() {
    for route in routes {
      var clock = route.departure
      var sum = 0
      for pause in route.route_pause {
        let (start, end) = (Int(pause.start_timestamp) ?? 0, Int(pause.end_timestamp) ?? 0)
        #expect(clock <= start && start < end && end < route.arrival)
        #expect((route.origin_mileage...route.destination_mileage).contains(pause.mileage))
        sum += end - start
        clock = end
      }
      #expect(route.pause_duration == sum)
    }
  }

  @Test func `has pauses of both types, some of them grouped`() {
    let pauses = routes.flatMap(\.route_pause)
    #expect(Set(pauses.map(\.type)) == [1, 2])
    #expect(Set(pauses.map(\.grouped)) == [0, 1])
    for route in routes {
      for (index, pause) in route.route_pause.enumerated() {
        let others = route.route_pause.enumerated().filter { $0.offset != index }.map(\.element)
        let nearest = others.map { metres(coordinates($0.location), coordinates(pause.location)) }.min() ?? .infinity
        #expect(pause.grouped == (nearest <= 100 ? 1 : 0))
      }
    }
  }
}
