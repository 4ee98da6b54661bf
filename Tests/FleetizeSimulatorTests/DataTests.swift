import FleetModel
import FleetizeSimulator
import Foundation
import NIOCore
import TestSupport
import Testing

/// The delivery vehicle 493 on Wednesday, 2026-10-28, asked for on 2026-11-01: routes with pauses.
private let wednesday = UTCDay(number: 20_754)

@Suite struct `The API's history` {
  private let fleet = GeneratedFleet(seed: 1)

  @Test func `ends a number of days ago`() async throws {
    let (inside, outside) = (try day("2026-10-02"), try day("2026-10-01"))
    try #require(!fleet.routes(of: DeviceID(493), departingOn: inside).isEmpty)
    try #require(!fleet.routes(of: DeviceID(493), departingOn: outside).isEmpty)
    try await withSocket(
      fleet,
      changing: {
        $0.history = .days(30)
      }
    ) { (caller) async throws in
      #expect(try await !caller.day(inside).readDay().routes.isEmpty)
      let beyond = try await caller.day(outside).readDay()
      #expect(beyond.routes.isEmpty)
      #expect(beyond.device.timestamp == Int(outside.start.timeIntervalSince1970))
    }
  }

  @Test func `ends at a fixed day`() async throws {
    try await withSocket(
      fleet,
      changing: {
        $0.history = .since(wednesday)
      }
    ) { (caller) async throws in
      #expect(try await !caller.day(wednesday).readDay().routes.isEmpty)
      #expect(try await caller.day(wednesday.previous).readDay().routes.isEmpty)
    }
  }
}

@Suite struct `A response that takes too long` {
  private func processing(_ overrun: Processing.Overrun) -> Processing {
    Processing(secondsPerPoint: 0.002, limit: 0.1, overrun: overrun)
  }

  @Test func `gets HTTP status 504 at the limit`() async throws {
    try await withSocket(changing: {
      $0.processing = processing(.gatewayTimeout)
    }) { (caller) async throws in
      let started = ContinuousClock.now
      #expect(try await caller.day(wednesday).status == 504)
      #expect(ContinuousClock.now - started >= .seconds(0.1))
    }
  }

  @Test func `is cut off`() async throws {
    try await withSocket(changing: {
      $0.processing = processing(.cut)
    }) { (caller) async throws in
      await #expect(throws: (any Error).self) { try await caller.day(wednesday) }
    }
  }

  @Test func `is never sent`() async throws {
    try await withSocket(changing: {
      $0.processing = processing(.silence)
    }) { (caller) async throws in
      await #expect(throws: (any Error).self) { try await caller.day(wednesday, timeout: .milliseconds(500)) }
    }
  }

  @Test func `is light without route points`() async throws {
    let scope = "timestamp;device_id;origin_timestamp;destination_timestamp;route_pause"
    try await withSocket(changing: {
      $0.processing = processing(.gatewayTimeout)
    }) { (caller) async throws in
      let light = try await caller.day(wednesday, scope: scope)
      #expect(light.status == 200)
      let routes = try #require(try light.object()["routes"] as? [[String: Any]])
      #expect(routes.count == GeneratedFleet(seed: 1).routes(of: DeviceID(493), departingOn: wednesday).count)
      #expect(routes.hasOnly { Set($0.keys) == ["origin_timestamp", "destination_timestamp", "route_pause"] })
    }
  }

  @Test func `is delayed but complete within the limit`() async throws {
    try await withSocket(changing: {
      $0.processing = Processing(secondsPerPoint: 0.000_1, limit: 30)
    }) { (caller) async throws in
      let response = try await caller.day(wednesday)
      #expect(try response.readDay().routes.count > 1)
    }
    let simulator = Simulator(GeneratedFleet(seed: 1))
    let points = try simulator.day(wednesday, of: DeviceID(493), at: try instant("2026-11-01T00:10:00Z")).readDay()
      .routes
      .map(\.points.count).reduce(0, +)
    var configuration = simulator.configuration
    configuration.processing = Processing(secondsPerPoint: 0.5, limit: 1_000_000)
    let slow = Simulator(configuration).day(wednesday, of: DeviceID(493), at: try instant("2026-11-01T00:10:00Z"))
    #expect(slow.delay == Double(points) * 0.5)
  }
}

@Suite struct `A scope` {
  @Test func `names tags of all nodes, including pauses`() async throws {
    let response = try await withSocket { (caller) async throws in
      try await caller.day(wednesday, scope: "timestamp;location;origin_mileage;grouped;mileage")
    }
    let document = try response.object()
    #expect(Set(try #require(document["device"] as? [String: Any]).keys) == ["timestamp", "location"])
    let routes = try #require(document["routes"] as? [[String: Any]])
    #expect(!routes.isEmpty)
    #expect(routes.hasOnly { Set($0.keys) == ["origin_mileage", "route_pause"] })
    let pauses = routes.flatMap { $0["route_pause"] as? [[String: Any]] ?? [] }
    #expect(!pauses.isEmpty)
    #expect(pauses.hasOnly { Set($0.keys) == ["grouped", "mileage", "location"] })
  }

  @Test func `of the device only does not include routes`() async throws {
    let response = try await withSocket { try await $0.day(wednesday, scope: "device_id;location") }
    #expect(Set(try response.object().keys) == ["device"])
  }

  @Test func `may name only whole nodes`() async throws {
    try await withSocket(changing: {
      $0.scopeSupport = .topLevel
    }) { (caller) async throws in
      #expect(Set(try await caller.day(wednesday, scope: "device").object().keys) == ["device"])
      #expect(try await caller.day(wednesday, scope: "device;routes").readDay().routes.count > 1)
      #expect(try await caller.day(wednesday, scope: "device_id;origin_timestamp").body == "{}")
    }
  }

  @Test func `may have no effect`() async throws {
    try await withSocket(changing: {
      $0.scopeSupport = .ignored
    }) { (caller) async throws in
      #expect(try await caller.day(wednesday, scope: "device_id").body == caller.day(wednesday).body)
    }
  }
}

@Suite struct `The node device of a past day` {
  private let past = UTCDay(number: 20_746)

  @Test func `can have the values of that day`() async throws {
    let fleet = GeneratedFleet(seed: 1, hasHistoricNodes: true)
    let last = try #require(fleet.routes(of: DeviceID(493), departingOn: past).last)
    let (historic, now) = try await withSocket(fleet) {
      (try await $0.day(past).readDay(), try await $0.day(try day("2026-11-01")).readDay())
    }
    #expect(historic.device.device_mileage == last.destinationKm)
    #expect(historic.device.online_timestamp == Int(last.arrivedAt.timeIntervalSince1970))
    #expect(historic.device.heartbeat_timestamp == Int(past.end.timeIntervalSince1970) - 3_600)
    #expect(historic.device.timestamp == Int(past.start.timeIntervalSince1970))
    #expect(now.device.device_mileage > last.destinationKm)
    #expect(historic.routes.last?.arrival == Int(last.arrivedAt.timeIntervalSince1970))
  }

  @Test func `has the latest values otherwise`() async throws {
    let (old, new) = try await withSocket {
      (try await $0.day(past).readDay(), try await $0.day(try day("2026-11-01")).readDay())
    }
    #expect(old.device.device_mileage == new.device.device_mileage)
    #expect(old.device.heartbeat_timestamp == new.device.heartbeat_timestamp)
  }
}
