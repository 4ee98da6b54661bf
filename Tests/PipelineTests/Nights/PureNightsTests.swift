import FleetModel
import Foundation
import Testing

/// Years of nights with the real planner, agenda, pacing and states, and tables and ledger in memory. A year takes seconds.
@Suite struct `Many years of nights` {
  @Test(arguments: SimulatedSpan.seeds(1...60))
  func `keep the limits, fetch no closed day again and complete every day in the end`(seed: UInt64) throws {
    let span = SimulatedSpan.current(days: 365, vehicles: 5)
    var scenario = Scenario.drawn(from: seed, vehicles: span.vehicles, nights: span.days)
    scenario.blockPerMille = seed.isMultiple(of: 3) ? 1 : 0
    let stage = try PureStage(scenario)
    stage.play(stage.nightlyHosts(calmNights: 10))
    let faults = stage.faults(scenario.firstDay...scenario.lastDay)
    #expect(
      faults.isEmpty,
      """
      \(faults.count) faults in \(scenario):
      \(faults.prefix(20).joined(separator: "\n"))
      repeat with: \(span.command(seed: seed, filter: "PureNightsTests"))
      """)
  }
}

extension PureStage {
  /// A nightly run on each host, with some nights at the end in which nothing goes wrong.
  func nightlyHosts(calmNights: Int) -> [PureHost] {
    (0..<scenario.hosts).map { number in
      let starts = (1...scenario.nights + calmNights).map { night in
        scenario.firstDay.advanced(by: night).start + Stage.nightlyStart + Double(number) * 20
      }
      return PureHost(number: number, of: self, starts: starts)
    }
  }
}
