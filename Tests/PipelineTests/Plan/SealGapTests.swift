import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Pipeline
import Postgres
import Testing

/// Nights without a run, and what the next run need not ask for.
@Suite struct `A gap of days between two seals` {
  @Test func `needs no call for a vehicle that stood still the whole time`() async throws {
    let scenario = Scenario(seed: 5, kinds: [.reserve, .delivery], nights: 60)
    try await Stage.set(scenario) { stage in
      let (idle, busy) = (stage.devices[0], stage.devices[1])
      func isActive(_ device: DeviceID, _ day: UTCDay) -> Bool {
        !stage.fleet.routes(of: device, departingOn: day).isEmpty
      }
      // Six days at rest after one on the road.
      let first = try #require(
        (scenario.firstDay.next...scenario.lastDay).first { day in
          isActive(idle, day.previous) && (0..<6).allSatisfy { !isActive(idle, day.advanced(by: $0)) }
        })
      let gap = first...first.advanced(by: 5)
      try await stage.clock.perform([
        StageClock.Part(at: gap.lowerBound.start + Stage.nightlyStart) {
          let host = Host(number: 0, of: stage)
          let before = try await host.run(.nightly(firstDays: 1), mayDie: false)
          try await stage.clock.sleep(until: gap.upperBound.end + Stage.nightlyStart)
          let after = try await host.run(.nightly(firstDays: 1), mayDie: false)
          #expect(before.stop == nil && after.stop == nil && after.left == 0)
          let proven = try #require(after.plan).plan.skipped(.provenEmpty).filter { $0.device == idle }
          #expect(proven.map(\.day).sorted() == Array(gap))
          await host.leave()
        }
      ])
      let asked = stage.record.calls.compactMap { call -> DeviceDayID? in
        guard case .deviceDay(let device, let day) = call.request else { return nil }
        return DeviceDayID(device: device, day: day)
      }
      #expect(asked.filter { $0.device == idle } == [DeviceDayID(device: idle, day: first.previous)])
      #expect(asked.count { $0.device == busy && gap.contains($0.day) } >= 5)
      let states = try await stage.connection.run { db in
        try db.query(
          """
          select format('%s %s %s', state, reason, fetched_at) as line
          from etl.checkpoint join warehouse.device using (device_key)
          where device_id = \(idle) and day between \(gap.lowerBound) and \(gap.upperBound)
          """
        ).map { try $0.decode("line", as: String.self) }
      }
      #expect(states == Array(repeating: "empty sealed ", count: 6))
      // Two lists give the odometer, and it agrees with the routes.
      let findings = try await stage.connection.run { db in
        try db.query("select rule from etl.finding where rule like 'odometer%'").map {
          try $0.decode("rule", as: String.self)
        }
      }
      #expect(findings == [])
    }
  }
}
