import AsyncHTTPClient
import FleetModel
import FleetizeSimulator
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@Suite struct `The simulator on a socket` {
  let now = Date(timeIntervalSince1970: 1_793_491_800)

  func simulator(_ fault: Simulator.Fault? = nil) -> Simulator {
    Simulator(GeneratedFleet(seed: 1)) { _ in fault }
  }

  @Test func `sends the same response as in process`() async throws {
    let simulator = simulator()
    let form = "apitoken=fake&device=493&time=1793145600"
    let response = try await withServer(simulator, clock: .fixed(now)) {
      try await post(form, to: "/v2/device", port: $0)
    }
    #expect(response.status == 200)
    #expect(response.body == simulator.day(UTCDay(number: 20_754), of: DeviceID(493), at: now).text)
    #expect(simulator.log.calls.first?.device == DeviceID(493))
  }

  @Test func `reads an encoded form`() async throws {
    let simulator = Simulator(
      .init(accounts: [.init(fleet: GeneratedFleet(seed: 1), token: "a b+c&ü")], limits: .unlimited))
    let response = try await withServer(simulator, clock: .fixed(now)) {
      try await post("scope=device_id%3B&apitoken=a+b%2Bc%26%C3%BC", port: $0)
    }
    #expect(response.body.hasPrefix(#"[{"device_id":492},"#))
  }

  @Test func `ignores a token in a URL`() async throws {
    let response = try await withServer(simulator(), clock: .fixed(now)) {
      try await post("", to: "/v2/devicelist?apitoken=fake", port: $0)
    }
    #expect(response.body == "ERROR #1000 - INVALID API TOKEN")
  }

  @Test func `has no other paths`() async throws {
    let simulator = simulator()
    let response = try await withServer(simulator, clock: .fixed(now)) {
      try await post("apitoken=fake", to: "/v2/livemap", port: $0)
    }
    #expect(response.status == 404)
    #expect(simulator.log.calls.isEmpty)
  }

  @Test func `limits callers in real time while its clock is stopped`() async throws {
    let simulator = Simulator(GeneratedFleet(seed: 1), limits: .init())
    let machine = Machine(now)
    let clock = SimulatedClock(startingAt: now, speed: 0) { machine.time }
    let bodies = try await withServer(simulator, clock: clock) { port in
      var bodies: [String] = []
      for pause in [0.0, 59, 60] {
        machine.time += pause
        bodies.append(try await post("apitoken=fake", port: port).body)
      }
      return bodies
    }
    #expect(bodies.map { $0.hasPrefix("ERROR #1055 - QUERY-THRESHOLD EXCEEDED") } == [false, true, false])
    #expect(bodies[0] == bodies[2])
  }

  @Test func `acts as two egresses if two servers use two addresses`() async throws {
    let simulator = Simulator(GeneratedFleet(seed: 1), limits: .init())
    let bodies = try await withServer(simulator, clock: .fixed(now), clientAddress: "a") { first in
      try await withServer(simulator, clock: .fixed(now), clientAddress: "b") { second in
        [try await post("apitoken=fake", port: first).body, try await post("apitoken=fake", port: second).body]
      }
    }
    #expect(bodies.hasOnly { !$0.hasPrefix("ERROR") })
    #expect(simulator.log.calls.map(\.address) == ["a", "b"])
  }

  @Test(arguments: [Simulator.Fault.cut(afterBytes: 20), .chunkedCut(afterBytes: 20), .reset(afterBytes: 20)])
  func `cuts off a response after some bytes`(fault: Simulator.Fault) async throws {
    try await withServer(simulator(fault), clock: .fixed(now)) { port in
      var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v2/devicelist")
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: "apitoken=fake"))
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
      #expect(response.status == .ok)
      var received = 0
      await #expect(throws: (any Error).self) {
        for try await part in response.body { received += part.readableBytes }
      }
      #expect(received <= 20)
    }
  }

  @Test func `resets a connection before responding`() async throws {
    try await withServer(simulator(.reset(afterBytes: 0)), clock: .fixed(now)) { port in
      await #expect(throws: (any Error).self) { try await post("apitoken=fake", port: port) }
    }
  }

  @Test func `never responds, and can still be stopped`() async throws {
    let simulator = simulator(.silence)
    try await withServer(simulator, clock: .fixed(now)) { port in
      let asking = Task { try await post("apitoken=fake", port: port) }
      while simulator.log.calls.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      asking.cancel()
      await #expect(throws: (any Error).self) { try await asking.value }
    }
  }

  @Test(arguments: [Simulator.Fault.late(seconds: 2), .drip(bytesPerSecond: 2000)])
  func `responds late or slowly`(fault: Simulator.Fault) async throws {
    let simulator = simulator(fault)
    let (body, duration) = try await withServer(simulator, clock: .fixed(now)) { port in
      let started = ContinuousClock.now
      return (try await post("apitoken=fake", port: port).body, ContinuousClock.now - started)
    }
    #expect(duration >= .seconds(2))
    #expect(body == simulator.list(at: now).text)
  }

  @Test func `stops if the body of the test throws`() async throws {
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      try await withServer(simulator(), clock: .fixed(now)) { _ in throw Stop() }
    }
  }
}

@Suite struct `The simulated clock` {
  let started = Date(timeIntervalSince1970: 1_700_000_000)

  @Test(arguments: [(0.0, 0.0), (1, 10), (60, 600)])
  func `runs at its speed from its start, and for limits at speed 1`(speed: Double, elapsed: Double) throws {
    let start = try instant("2026-11-01T00:10:00Z")
    let machine = Machine(started)
    let clock = SimulatedClock(startingAt: start, speed: speed) { machine.time }
    machine.time += 10
    #expect(clock.now.timeIntervalSince(start) == elapsed)
    #expect(clock.arrival.timeIntervalSince(start) == 10)
  }

  @Test func `is that of the machine without a start`() {
    let machine = Machine(started)
    let clock = SimulatedClock { machine.time }
    machine.time += 5
    #expect(clock.now == started.addingTimeInterval(5))
  }
}

/// The clock of a machine, set by the test.
final class Machine: Sendable {
  private let current: Mutex<Date>

  init(_ time: Date) {
    current = Mutex(time)
  }

  var time: Date {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
