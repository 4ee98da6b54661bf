import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@Suite struct `The limits` {
  let fleet = GeneratedFleet(seed: 1)
  let start = Date(timeIntervalSince1970: 1_790_000_000)

  func simulator(_ limits: Simulator.Limits) -> Simulator { Simulator(fleet, limits: limits) }

  func call(_ simulator: Simulator, after seconds: Double, token: String = "fake", from address: String = "a")
    -> VendorError?
  {
    let call = Simulator.Call.deviceList(token: token, address: address)
    guard case .refused(let error) = simulator.answer(call, at: start.addingTimeInterval(seconds)).content else {
      return nil
    }
    return error
  }

  @Test func `admit a call one interval after the previous one`() {
    let simulator = simulator(.init())
    #expect(call(simulator, after: 0) == nil)
    #expect(call(simulator, after: 60) == nil)
  }

  @Test func `refuse a call that comes too soon, and restart the interval`() {
    let simulator = simulator(.init())
    #expect(call(simulator, after: 0) == nil)
    #expect(call(simulator, after: 59.9) == .tooSoon)
    #expect(call(simulator, after: 60.1) == .tooSoon)
    #expect(call(simulator, after: 120.1) == nil)
  }

  @Test func `block a token that keeps calling too soon, until support lifts the block`() {
    let simulator = simulator(.init(patience: 2))
    let errors = (0..<5).map { call(simulator, after: Double($0)) }
    #expect(errors == [nil, .tooSoon, .tooSoon, .tokenBlocked, .tokenBlocked])
    #expect(call(simulator, after: 1000) == .tokenBlocked)
    simulator.unblock("fake")
    #expect(call(simulator, after: 2000) == nil)
  }

  @Test func `forget earlier refusals after an admitted call`() {
    let simulator = simulator(.init(patience: 1))
    #expect([0, 1, 61, 62].map { call(simulator, after: $0) } == [nil, .tooSoon, nil, .tooSoon])
  }

  @Test func `apply the interval per address`() {
    let simulator = simulator(.init())
    #expect(call(simulator, after: 0, from: "a") == nil)
    #expect(call(simulator, after: 1, from: "b") == nil)
    #expect(call(simulator, after: 2, from: "a") == .tooSoon)
  }

  @Test func `can count the interval from the end of a slow response`() {
    let slow: @Sendable (Simulator.Call) -> Simulator.Fault? = { $0.number == 1 ? .late(seconds: 30) : nil }
    let strict = Simulator(fleet, limits: .init(countsInterval: .fromResponse), fault: slow)
    let plain = Simulator(fleet, limits: .init(), fault: slow)
    #expect([0, 61].map { call(strict, after: $0) } == [nil, .tooSoon])
    #expect([0, 61].map { call(plain, after: $0) } == [nil, nil])
  }

  @Test func `refuse more calls than the quota in any 24 hours`() {
    let simulator = simulator(.init(interval: 0, quota: 2))
    #expect([0, 3600, 7200, 86_399].map { call(simulator, after: $0) } == [nil, nil, .quotaExceeded, .quotaExceeded])
    #expect([86_400, 86_401].map { call(simulator, after: $0) } == [nil, .quotaExceeded])
  }

  @Test func `can start a new quota at midnight UTC`() {
    let simulator = simulator(.init(interval: 0, quota: 1, window: .midnight))
    let toMidnight = 86_400 - start.timeIntervalSince1970.truncatingRemainder(dividingBy: 86_400)
    #expect([0, toMidnight - 1].map { call(simulator, after: $0) } == [nil, .quotaExceeded])
    #expect([toMidnight, toMidnight + 1].map { call(simulator, after: $0) } == [nil, .quotaExceeded])
  }

  @Test(arguments: [true, false]) func `count a refused call against the quota, or not`(isCharged: Bool) {
    let simulator = simulator(.init(quota: 2, countsRefusedCalls: isCharged))
    #expect(call(simulator, after: 0) == nil)
    #expect(call(simulator, after: 1) == .tooSoon)
    #expect(call(simulator, after: 100) == (isCharged ? .quotaExceeded : nil))
  }

  @Test func `refuse an unknown token and a missing one`() {
    let simulator = simulator(.unlimited)
    #expect(call(simulator, after: 0, token: "other") == .invalidToken)
    let response = simulator.answer(.init(.device, parameters: [:]), at: start)
    #expect(response.text == "ERROR #1000 - INVALID API TOKEN")
    #expect(response.status == 200)
  }

  @Test func `send errors with the configured HTTP status`() {
    let account = Simulator.Account(fleet: fleet, token: "fake")
    let simulator = Simulator(.init(accounts: [account], errorStatus: 403))
    #expect(simulator.answer(.deviceList(token: "x"), at: start).status == 403)
    #expect(simulator.answer(.deviceList(token: "fake"), at: start.addingTimeInterval(60)).status == 200)
  }

  @Test func `are shared by the users of an account, but not by accounts`() {
    let shared = Simulator.Account(
      name: "one", fleet: fleet,
      users: [.init(token: "main"), .init(token: "sub", devices: [DeviceID(493), DeviceID(495)])])
    let other = Simulator.Account(name: "two", fleet: GeneratedFleet(seed: 2), users: [.init(token: "two")], quota: 1)
    let simulator = Simulator(.init(accounts: [shared, other], limits: .init(interval: 0, quota: 2)))
    #expect(["main", "sub", "sub"].map { call(simulator, after: 0, token: $0) } == [nil, nil, .quotaExceeded])
    #expect(["two", "two"].map { call(simulator, after: 0, token: $0) } == [nil, .quotaExceeded])
  }

  @Test func `leave a log that knows intervals and calls per day`() {
    let simulator = simulator(.init(interval: 10, quota: 3))
    for seconds in [0.0, 20, 25, 86_410, 86_500] { _ = call(simulator, after: seconds) }
    let log = simulator.log
    #expect(log.calls.count == 5)
    #expect(log.shortestInterval == 5)
    #expect(log.mostCalls(of: "default") == 3)
    #expect(log.refusals.map(\.number) == [3])
    #expect(log.refusals.first?.refusal == .tooSoon)
  }
}

@Suite struct `A sub-user` {
  let simulator = Simulator(
    .init(
      accounts: [
        .init(
          fleet: GeneratedFleet(seed: 1),
          users: [.init(token: "main"), .init(token: "sub", devices: [DeviceID(493)])])
      ], limits: .unlimited))
  let now = Date(timeIntervalSince1970: 1_790_000_000)

  @Test func `gets a list of only the devices that it may see`() throws {
    #expect(try simulator.answer(.deviceList(token: "sub"), at: now).readList().map(\.device_id) == [493])
    #expect(try simulator.answer(.deviceList(token: "main"), at: now).readList().count == 8)
  }

  @Test func `cannot fetch days of other devices`() {
    let day = UTCDay(containing: now).previous
    let responses = [492, 493].map { simulator.answer(.device(DeviceID($0), on: day, token: "sub"), at: now) }
    #expect(responses[0].content == .refused(.unknownDevice))
    #expect(responses[1].content != .refused(.unknownDevice))
  }
}
