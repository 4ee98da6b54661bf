import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A generated fleet` {
  let fleet = GeneratedFleet(seed: 7, kinds: GeneratedFleet.mixture(of: 18))

  var devices: [DeviceID] { fleet.devices(at: .distantFuture) }

  func device(_ kind: VehicleKind) throws -> DeviceID {
    try #require(devices.first { fleet.kind(of: $0) == kind })
  }

  /// The first day from `start` with a route of `device` that `fits`.
  func findRoute(
    of device: DeviceID, from start: UTCDay, where fits: (SimulatedRoute) -> Bool
  ) throws -> (day: UTCDay, route: SimulatedRoute) {
    for day in (start...start.advanced(by: 300)) {
      if let route = fleet.routes(of: device, departingOn: day).first(where: fits) { return (day, route) }
    }
    throw NotFound()
  }

  struct NotFound: Error {}

  @Test func `is the same for the same seed, regardless of earlier calls`() throws {
    let now = try instant("2026-11-01T00:10:00Z")
    let asked = Simulator(fleet)
    for number in 0..<200 { _ = asked.day(try day("2025-03-01").advanced(by: number), of: devices[3], at: now).body }
    let fresh = Simulator(GeneratedFleet(seed: 7, kinds: GeneratedFleet.mixture(of: 18)))
    for device in devices {
      let both = [asked, fresh].map { $0.day(UTCDay("2026-10-28"), of: device, at: now).body }
      #expect(both[0] == both[1])
    }
    #expect(asked.list(at: now).body == fresh.list(at: now).body)
  }

  @Test func `differs for another seed`() throws {
    let now = try instant("2026-11-01T00:10:00Z")
    let other = GeneratedFleet(seed: 8, kinds: GeneratedFleet.mixture(of: 18))
    #expect(Simulator(fleet).list(at: now).body != Simulator(other).list(at: now).body)
  }

  @Test func `has every kind of vehicle, but only one that never moves`() {
    let kinds = devices.compactMap { fleet.kind(of: $0) }
    #expect(Set(kinds) == Set(VehicleKind.allCases))
    #expect(kinds.count { $0 == .neverMoved } == 1)
  }

  @Test func `has odometers and times without gaps, jumps and overlaps over 400 days`() throws {
    let start = try day("2025-06-01")
    for device in devices {
      let routes = (0..<400).flatMap { number in
        let day = start.advanced(by: number)
        let routes = fleet.routes(of: device, departingOn: day)
        #expect(routes.allSatisfy { UTCDay(containing: $0.departedAt) == day })
        return routes
      }
      #expect(routes.isEmpty == (fleet.kind(of: device) == .neverMoved))
      for (earlier, later) in zip(routes, routes.dropFirst()) {
        #expect(earlier.arrivedAt < later.departedAt)
        #expect(earlier.destinationKm == later.originKm)
        #expect(later.originKm <= later.destinationKm)
      }
    }
  }

  @Test func `starts each route where the previous one ended`() throws {
    let now = try instant("2026-11-01T00:00:00Z")
    let simulator = Simulator(fleet)
    for device in devices {
      let routes = try (0..<12).flatMap {
        try simulator.day(try day("2026-10-15").advanced(by: $0), of: device, at: now).readDay().routes
      }
      for (earlier, later) in zip(routes, routes.dropFirst()) {
        #expect(earlier.destination_location == later.origin_location)
      }
    }
  }

  @Test func `sends a commuter out on weekdays only`() throws {
    let commuter = try device(.commuter)
    let days = (try day("2026-09-07")..<(try day("2026-10-05")))
    let active = days.filter { !fleet.routes(of: commuter, departingOn: $0).isEmpty }
    #expect(active.count > 12)
    #expect(active.hasOnly { ($0.number + 3) % 7 < 5 })
  }

  @Test func `leaves a reserve vehicle idle for weeks`() throws {
    let reserve = try device(.reserve)
    let days = (try day("2026-01-01")..<(try day("2026-07-01")))
    let active = days.filter { !fleet.routes(of: reserve, departingOn: $0).isEmpty }
    let longestRest = zip(active, active.dropFirst()).map { $0.distance(to: $1) }.max() ?? 0
    #expect(!active.isEmpty)
    #expect(longestRest > 20)
  }

  @Test func `sends a night shift across midnight UTC`() throws {
    let nightShift = try device(.nightShift)
    let days = (try day("2026-09-01")..<(try day("2026-10-01")))
    let crossings = days.filter { day in
      fleet.routes(of: nightShift, departingOn: day).contains { UTCDay(containing: $0.arrivedAt) > day }
    }
    #expect(crossings.count > 5)
  }

  @Test func `sometimes sends a long haul across two midnights`() throws {
    let (day, route) = try findRoute(of: try device(.longHaul), from: try day("2026-03-01")) {
      UTCDay(containing: $0.departedAt).distance(to: UTCDay(containing: $0.arrivedAt)) == 2
    }
    #expect(UTCDay(containing: route.departedAt) == day)
  }

  @Test func `shows a route only after its arrival, and only on the day of its departure`() throws {
    let device = try device(.longHaul)
    let simulator = Simulator(fleet)
    let (day, route) = try findRoute(of: device, from: try day("2026-03-01")) {
      UTCDay(containing: $0.arrivedAt) > UTCDay(containing: $0.departedAt)
    }
    let second = route.arrivedAt.addingTimeInterval(-1)
    #expect(try simulator.day(day, of: device, at: second).readDay().routes.isEmpty)
    #expect(try simulator.day(day, of: device, at: route.arrivedAt).readDay().routes.count == 1)
    let later = route.arrivedAt.addingTimeInterval(86_400)
    #expect(try simulator.day(day.next, of: device, at: later).readDay().routes.isEmpty)
  }

  @Test func `reports continuously while driving`() throws {
    let device = try device(.sales)
    let (_, route) = try findRoute(of: device, from: try day("2026-03-02")) { $0.pauseSeconds == 0 }
    let now = route.departedAt.addingTimeInterval(300)
    let state = try Simulator(fleet).day(UTCDay(containing: now), of: device, at: now).readDay().device
    #expect(state.online_timestamp == Int(now.timeIntervalSince1970))
    #expect(state.heartbeat_timestamp == Int(now.timeIntervalSince1970))
    #expect(state.status_code == 2)
  }

  @Test func `sends a heartbeat every hour while parked, and was last active at its arrival`() throws {
    let device = try device(.commuter)
    let routes = fleet.routes(of: device, departingOn: try day("2026-10-28"))
    let arrival = try #require(routes.last?.arrivedAt)
    let soon = try #require(try Simulator(fleet).list(at: arrival.addingTimeInterval(60)).readList().first)
    #expect(soon.heartbeat_timestamp == Int(arrival.timeIntervalSince1970))
    let midnight = try #require(try Simulator(fleet).list(at: try instant("2026-10-29T00:00:10Z")).readList().first)
    #expect(midnight.online_timestamp == Int(arrival.timeIntervalSince1970))
    #expect(midnight.heartbeat_timestamp == Int(try instant("2026-10-29T00:00:00Z").timeIntervalSince1970))
    #expect(midnight.status_text == "offline")
  }

  @Test func `shows no activity of a vehicle that never moved, and today as its latest day`() throws {
    let now = try instant("2026-10-29T00:30:00Z")
    let response = try Simulator(fleet).day(nil, of: try device(.neverMoved), at: now).readDay()
    #expect(response.device.online_timestamp == nil)
    #expect(response.device.status_code == 4)
    #expect(response.device.timestamp == Int(try instant("2026-10-29T00:00:00Z").timeIntervalSince1970))
    #expect(response.routes.isEmpty)
  }

  @Test func `looks parked in a pause with the ignition off only if configured`() throws {
    let sleeper = GeneratedFleet(seed: 7, kinds: GeneratedFleet.mixture(of: 18), sleepsInPauses: true)
    let device = try device(.delivery)
    let late = try instant("2026-11-01T00:00:00Z")
    let pause = try #require(
      try Simulator(fleet).day(UTCDay("2026-10-29"), of: device, at: late).readDay().routes
        .flatMap(\.route_pause).first { $0.type == 1 })
    let start = try #require(Int(pause.start_timestamp))
    let now = Date(timeIntervalSince1970: Double(start + 30))
    let states = try [fleet, sleeper].map { try Simulator($0).day(nil, of: device, at: now).readDay().device }
    #expect(states.map(\.status_code) == [3, 1])
    #expect(states.map(\.online_timestamp) == [start + 30, start])
  }

  @Test func `has no routes before a tracker was fitted, and lists it only afterwards`() throws {
    let device = devices[0]
    let installed = try #require(fleet.installed(device))
    let simulator = Simulator(fleet)
    let response = try simulator.day(installed.advanced(by: -10), of: device, at: installed.end).readDay()
    #expect(response.routes.isEmpty)
    #expect(try !simulator.list(at: installed.start.addingTimeInterval(-1)).readList().contains { $0.device_id == 492 })
    #expect(try simulator.list(at: installed.start).readList().contains { $0.device_id == 492 })
  }

  @Test func `has mileages in two lists that differ by the routes in between`() throws {
    let simulator = Simulator(fleet)
    let (from, to) = (try day("2026-05-04"), try day("2026-05-18"))
    let lists = try [from, to].map { try simulator.list(at: $0.start.addingTimeInterval(60)).readList() }
    for (before, after) in zip(lists[0], lists[1]) {
      let routes = (from..<to).flatMap { fleet.routes(of: DeviceID(before.device_id), departingOn: $0) }
      guard fleet.kind(of: DeviceID(before.device_id)) != .nightShift,
        fleet.kind(of: DeviceID(before.device_id)) != .longHaul
      else { continue }
      let driven = (routes.last?.destinationKm ?? 0) - (routes.first?.originKm ?? 0)
      #expect(after.device_mileage - before.device_mileage == driven)
    }
  }
}
