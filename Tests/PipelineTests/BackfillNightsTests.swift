import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import Testing

@testable import Pipeline

/// A backfill of 90 days for 40 vehicles that goes on for weeks beside the nightly runs.
@Suite struct `A backfill of 90 days beside the nights` {
  private static let vehicles = 40
  private static let kinds: [VehicleKind] = [.sales, .service, .pool, .delivery, .commuter, .reserve, .sales, .service]

  private static func scenario(seed: UInt64) -> Scenario {
    var scenario = Scenario(
      seed: seed, kinds: (0..<vehicles).map { kinds[$0 % kinds.count] }, nights: 95)
    scenario.historyDays = 90
    return scenario
  }

  /// A month of nights has gone by, from which the forecast knows what a night takes.
  private static let beginning = 28

  @Test(arguments: SimulatedSpan.seeds(1...1))
  func `makes no night late, and ends within a day of the forecast`(seed: UInt64) throws {
    let scenario = Self.scenario(seed: seed)
    let undisturbed = try PureStage(scenario)
    let nights = undisturbed.nightlyHosts(calmNights: 3)
    undisturbed.play(nights)

    let stage = try PureStage(scenario)
    let sameNights = stage.nightlyHosts(calmNights: 3)
    let history = scenario.firstDay.advanced(by: -90)...scenario.firstDay.previous
    let start = scenario.firstDay.advanced(by: Self.beginning).start + 12 * 3600
    let backfill = PureHost(
      number: 9, of: stage, starts: [start], backfill: .backfill(history, devices: nil, refetch: false))
    stage.play(sameNights + [backfill])

    for (night, same) in zip(nights[0].results, sameNights[0].results) {
      #expect(same.stop == nil && same.left == 0, "seed \(seed), \(same)")
      let delay = same.ended.timeIntervalSince(night.ended)
      #expect(delay < 900, "seed \(seed): the night of \(same.began) is \(delay) s late")
    }
    let last = try #require(backfill.results.last)
    #expect(last.stop == nil && last.left == 0)
    let plan = try #require(backfill.firstPlan)
    let error = last.ended.timeIntervalSince(try #require(plan.expectedEnd))
    #expect(abs(error) <= 86_400, "seed \(seed): the forecast is wrong by \(error / 3600) h")
    #expect(stage.faults(history.lowerBound...scenario.lastDay) == [])
    let lists = stage.record.calls.filter { $0.request == .deviceList }
    for (earlier, later) in zip(lists, lists.dropFirst()) where later.start < earlier.end + Planning.listLifetime {
      Issue.record("seed \(seed): a list at \(later.start), though there is one of \(earlier.start)")
    }
    print(
      """
      backfill of 90 days for 40 vehicles, seed \(seed): \(plan.plan.calls.count) calls planned, \(backfill.results.count) attempts, \
      done after \((last.ended.timeIntervalSince(start) / 86_400).formatted()) days, forecast wrong by \((error / 3600).formatted()) h
      """)
  }
}
