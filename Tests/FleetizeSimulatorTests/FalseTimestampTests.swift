import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

@Suite struct `A false timestamp` {
  private let now = Date(timeIntervalSince1970: 1_793_491_800)
  private let yesterday = UTCDay(number: 20_757)

  private func heartbeats(_ received: Received) throws -> [Int64: Int] {
    Dictionary(uniqueKeysWithValues: try received.readList().map { ($0.device_id, $0.heartbeat_timestamp) })
  }

  @Test func `can be days ahead in one list`() async throws {
    let ahead = Int(now.timeIntervalSince1970) + 3 * 86_400
    let lists = try await withSocket(changing: {
      $0.falseTimestamps = [FalseTimestamp(.heartbeat, .ahead(days: 3), calls: 1...1)]
    }) { caller in
      [try heartbeats(try await caller.list()), try heartbeats(try await caller.list())]
    }
    #expect(lists[0].count == 8 && lists[0].values.hasOnly { $0 == ahead })
    #expect(lists[1].values.hasOnly { $0 <= Int(now.timeIntervalSince1970) })
  }

  @Test func `can be 1024 weeks ahead for one device, in lists and in days`() async throws {
    let rollover = 1_024 * 7 * 86_400
    let (truth, list, day) = try await withSocket(changing: {
      $0.falseTimestamps = [FalseTimestamp(.heartbeat, .rollover, device: DeviceID(493), calls: 2...Int.max)]
    }) { caller in
      (
        try heartbeats(try await caller.list()), try heartbeats(try await caller.list()),
        try await caller.day(yesterday).readDay().device.heartbeat_timestamp
      )
    }
    let heartbeat = try #require(truth[493])
    #expect(list[493] == heartbeat + rollover)
    #expect(day == heartbeat + rollover)
    #expect(list.filter { $0.key != 493 } == truth.filter { $0.key != 493 })
  }

  @Test func `can be the last activity`() async throws {
    let list = try await withSocket(changing: {
      $0.falseTimestamps = [FalseTimestamp(.online, .ahead(days: 1), device: DeviceID(492))]
    }) {
      try await $0.list().readList()
    }
    #expect(list[0].online_timestamp == Int(now.timeIntervalSince1970) + 86_400)
    #expect(list[0].heartbeat_timestamp <= Int(now.timeIntervalSince1970))
  }

  @Test func `is the same for tests that do not read JSON`() throws {
    var configuration = Simulator(GeneratedFleet(seed: 1)).configuration
    configuration.falseTimestamps = [FalseTimestamp(.heartbeat, .ahead(days: 3))]
    let response = Simulator(configuration).list(at: now)
    guard case .list(let devices) = response.content else { return #expect(Bool(false)) }
    #expect(devices.map(\.heartbeat) == Array(repeating: now.addingTimeInterval(3 * 86_400), count: 8))
  }

  @Test(
    arguments: [
      ("heartbeat=3", FalseTimestamp(.heartbeat, .ahead(days: 3))),
      ("online=rollover,device=493", FalseTimestamp(.online, .rollover, device: DeviceID(493))),
      ("heartbeat=0.5,call=2-4", FalseTimestamp(.heartbeat, .ahead(days: 0.5), calls: 2...4)),
      ("heartbeat=1,call=7", FalseTimestamp(.heartbeat, .ahead(days: 1), calls: 7...7)),
    ]) func `is read from the command line`(text: String, expected: FalseTimestamp)
  {
    #expect(FalseTimestamp(text) == expected)
  }

  @Test(arguments: [
    "", "heartbeat", "mileage=3", "heartbeat=soon", "heartbeat=3,device=x", "heartbeat=3,call=0", "heartbeat=3,x=1",
  ])
  func `is rejected if it cannot be read`(text: String) {
    #expect(FalseTimestamp(text) == nil)
  }
}
