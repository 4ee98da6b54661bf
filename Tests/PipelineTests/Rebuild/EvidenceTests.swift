import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Postgres
import TestSupport
import Testing
import Transform

@testable import Pipeline

/// The simulation in memory computes the evidence for a day's state itself. Here it is compared with the database, over histories that no
/// planner would create: lists and days requested at any time, silent devices, responses loaded late or twice.
@Suite struct `States and plans from memory` {
  @Test(arguments: SimulatedSpan.seeds(1...4)) func `are those from the database`(seed: UInt64) async throws {
    let repetition = "repeat with: FLEETIZE_SEED=\(seed) deploy/with-private-postgres swift test --filter EvidenceTests"
    var scenario = Scenario.drawn(from: seed, vehicles: 4, nights: 40)
    scenario.lateUploadsPerYear = 24
    let (fleet, limits) = (scenario.fleet, AccountLimits(egress: "e", dailyCalls: 100, requestInterval: 60))
    var random = SeededGenerator(seed: seed &* 4_711)
    var memory = MemoryWarehouse(settlingDays: scenario.settlingDays)
    let settlingDays = scenario.settlingDays
    let clock = ClockHand(scenario.firstDay.end)
    let simulator = Simulator(
      .init(accounts: [.init(fleet: fleet, token: SimulatedVendor.token)], limits: .unlimited))
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: settlingDays)
      let planning = try Planning(
        connection: connection, warehouse: warehouse, limits: limits, userCount: 1, clock: clock.pipelineClock)
      var late: [ArchivedResponse] = []
      for step in 0..<110 {
        // Whole seconds: the database keeps microseconds.
        clock.now += (3600 * pow(40, Double.random(in: -0.5..<1, using: &random))).rounded()
        let today = UTCDay(containing: clock.now)
        let device = memory.devices.keys.sorted().randomElement(using: &random)
        let day = today.advanced(by: -Int(pow(20, Double.random(in: 0..<1, using: &random))) + 1)
        let request =
          device.flatMap { Int.random(in: 0..<10, using: &random) < 4 ? nil : Request.deviceDay($0, day) }
          ?? .deviceList
        let answer = simulator.answer(.asking(request, from: "e"), at: clock.now)
        let response = Response(
          request: request, requestedAt: clock.now, answeredAt: clock.now + 1, httpStatus: 200,
          contentType: "application/json", isComplete: true, body: withoutMileage(answer.body))
        late.append(try await connection.run { db in try archive(response, in: warehouse, on: db) })
        if step > 0, Int.random(in: 0..<6, using: &random) == 0 { continue }
        for archived in late.shuffled(using: &random) {
          let response = ReadResponse(archived)
          _ = try await connection.run { db in try rebuilder.rebuild(from: ResponseBatch([response]), on: db) }
          memory.load(
            response.interpretation, requestedAt: archived.response.requestedAt,
            answeredAt: archived.response.answeredAt)
        }
        late = Int.random(in: 0..<8, using: &random) == 0 ? Array(late.prefix(1)) : []
        let range = today.advanced(by: -Int.random(in: 1...25, using: &random))...today
        for goal in [Goal.nightly(firstDays: 1), .backfill(range, devices: nil, refetch: false)] {
          let plan = try await planning.plan(for: goal).plan
          try #require(Planner().plan(goal, facts: memory.facts, now: clock.now) == plan, "step \(step); \(repetition)")
          guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
          try await planning.commit(plan, settlingDays: settlingDays)
          memory.commit(plan)
        }
        let stored = try await states(connection)
        try #require(memory.described == stored, "step \(step); \(repetition)")
      }
      let reasons = Set(memory.devices.values.flatMap { $0.facts.days.values.compactMap(\.state.reason) })
      #expect(reasons.count >= 4, "the history was dull: \(reasons)")
    }
  }

  /// Without the odometer, which the simulation does not compare.
  private func withoutMileage(_ body: [UInt8]) -> [UInt8] {
    Array(String(decoding: body, as: UTF8.self).replacing(#""device_mileage""#, with: #""unknown""#).utf8)
  }

  private func states(_ connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query(
        """
        select concat_ws(' ', device_id, day, state, reason, route_count) as line
        from etl.checkpoint join warehouse.device using (device_key)
        """
      ).map { try $0.decode("line", as: String.self) }.sorted()
    }
  }
}

extension MemoryWarehouse {
  fileprivate var described: [String] {
    devices.flatMap { id, device in
      device.facts.days.map { day, known in
        let words = ["\(id)", "\(day)", known.state.name, known.state.reason, "\(device.routes[day]?.count ?? 0)"]
        return words.compactMap(\.self).joined(separator: " ")
      }
    }
    .sorted()
  }
}
