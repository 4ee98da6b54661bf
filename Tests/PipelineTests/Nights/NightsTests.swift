import FleetModel
import Foundation
import Testing

/// Whole weeks and months of nights, with the real pipeline and a real database.
@Suite struct `Night after night` {
  @Test(arguments: SimulatedSpan.seeds(1...6))
  func `every active day becomes final, within the vendor's limits, whatever happens`(seed: UInt64) async throws {
    let span = SimulatedSpan.current(days: 45, vehicles: 8)
    let scenario = Scenario.drawn(from: seed, vehicles: span.vehicles, nights: span.days)
    try await Stage.set(scenario) { stage in
      _ = try await stage.playNights(calmNights: 8)
      let faults = try await stage.faults(until: scenario.lastDay)
      #expect(
        faults.isEmpty,
        """
        \(faults.count) faults in \(scenario):
        \(faults.prefix(20).joined(separator: "\n"))
        repeat with: \(span.command(seed: seed, filter: "NightsTests"))
        """)
    }
  }
}

/// How much time a simulation covers: little in the test suite, more if the environment says so.
struct SimulatedSpan {
  var days: Int
  var vehicles: Int

  /// From `FLEETIZE_SIMULATED_DAYS` and `FLEETIZE_SIMULATED_VEHICLES`, by default what the test says.
  static func current(days: Int, vehicles: Int) -> SimulatedSpan {
    SimulatedSpan(
      days: setting("FLEETIZE_SIMULATED_DAYS") ?? days, vehicles: setting("FLEETIZE_SIMULATED_VEHICLES") ?? vehicles)
  }

  /// From `FLEETIZE_SEED`, a number or a range (`1-100`), by default what the test says.
  static func seeds(_ seeds: ClosedRange<UInt64>) -> [UInt64] {
    let bounds = ProcessInfo.processInfo.environment["FLEETIZE_SEED"]?.split(separator: "-").compactMap { UInt64($0) }
    guard let first = bounds?.first, let last = bounds?.last, first <= last else { return Array(seeds) }
    return Array(first...last)
  }

  func command(seed: UInt64, filter: String) -> String {
    "FLEETIZE_SEED=\(seed) FLEETIZE_SIMULATED_DAYS=\(days) FLEETIZE_SIMULATED_VEHICLES=\(vehicles) "
      + "deploy/with-private-postgres swift test --filter \(filter)"
  }

  static func setting(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init)
  }
}
