import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Programs that work on one account at the same time.
@Suite struct `Programs at work at once` {
  @Test func `keep the interval and the quota together and fetch no device-day twice`() async throws {
    let limits = Simulator.Limits(interval: 0.2, patience: 0, quota: 34)
    try await withStage([.commuter, .delivery, .sales], limits: limits) { stage in
      let shared = ["FLEETIZE_REQUEST_INTERVAL": "0.2", "FLEETIZE_DAILY_CALLS": "34"]
      let outcomes = try await together(
        [Days.backfill(from: 14, to: 3), Days.backfill(from: 14, to: 3), ["run"]], on: stage, with: shared)
      // 36 device-days do not fit into what a backfill may spend: it stops with 75. The run has its part kept for it.
      #expect(outcomes.map(\.code).sorted() == [0, 75, 75], "\(outcomes.map(\.errors))")
      #expect(stage.simulator.log.refusals.map(\.refusal) == [])
      #expect(try #require(stage.simulator.log.shortestInterval) >= 0.2)
      #expect(stage.simulator.log.mostCalls(of: "default") <= 34)
      #expect(stage.askedDays.count > 20)
      #expect(Set(stage.askedDays).count == stage.askedDays.count, "a device-day was fetched twice")
    }
  }

  @Test func `spend all calls but the reserve, a nightly run and a backfill started together`() async throws {
    let limits = Simulator.Limits(interval: 0.2, patience: 0, quota: 100)
    try await withStage([.commuter, .delivery, .sales, .service], limits: limits) { stage in
      let outcomes = try await together(
        [["run"], Days.backfill(from: 41, to: 2)], on: stage,
        with: ["FLEETIZE_REQUEST_INTERVAL": "0.2", "FLEETIZE_DAILY_CALLS": "100"])
      #expect(outcomes.map(\.code).sorted() == [0, 75], "\(outcomes.map(\.errors))")
      #expect(stage.simulator.log.refusals.map(\.refusal) == [])
      #expect(try #require(stage.simulator.log.shortestInterval) >= 0.2)
      // Four active vehicles, a list and a margin of two are kept.
      #expect(stage.calls.count == 100 - 7)
      #expect(Set(stage.askedDays).count == stage.askedDays.count, "a device-day was fetched twice")
      let proven = try await stage.rows(
        "select from bi.data_coverage where state = 'empty' and fetched_at is null and day <= '\(Days.ago(2))'"
      ).count
      let left = 40 * 4 - proven - stage.askedDays.count { $0.day <= Days.ago(2) }
      #expect(outcomes.contains { $0.errors.contains("\(left) device-days left") }, "\(outcomes.map(\.errors))")
    }
  }

  @Test func `fetch a day once that stays open`() async throws {
    // The vehicle has not been heard from for weeks: no response closes a day.
    let silence = Outage(from: Days.ago(10).start, until: nil)
    try await withStage([.delivery], outages: { _ in [silence] }, fault: { _ in .late(seconds: 0.05) }) { stage in
      let outcomes = try await together(
        Array(repeating: Days.backfill(from: 9, to: 2), count: 3), on: stage, with: [:])
      #expect(outcomes.map(\.code) == [0, 0, 0], "\(outcomes.map(\.errors))")
      #expect(try await stage.rows("select distinct state from bi.data_coverage") == ["(provisional)"])
      #expect(Set(stage.askedDays).count == 8)
      #expect(stage.askedDays.count == 8, "a device-day was fetched twice")
    }
  }

  private func together(
    _ commands: [[String]], on stage: Stage, with changes: [String: String]
  ) async throws -> [Program.Outcome] {
    try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
      for command in commands {
        group.addTask { try await stage.etl(command, with: changes.mapValues { $0 }) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
