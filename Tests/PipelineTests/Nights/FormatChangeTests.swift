import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Nights in which the API answers otherwise than documented, until it is right again.
@Suite struct `Calls lost to a changed API` {
  @Test func `are at most 6 in the first night and 2 in each further one, and all days are fetched afterwards`() throws
  {
    var scenario = Scenario(seed: 1, kinds: Array(repeating: .delivery, count: 12), nights: 24)
    let broken = scenario.firstDay.advanced(by: 9)...scenario.firstDay.advanced(by: 13)
    scenario.formatChange = broken
    let stage = try PureStage(scenario)
    stage.play(stage.nightlyHosts(calmNights: CallCount.calmNights))
    #expect(stage.faults(scenario.firstDay...scenario.lastDay) == [])
    let calls = Dictionary(grouping: stage.record.calls.map { UTCDay(containing: $0.start) }) { $0 }.mapValues(\.count)
    let lost = broken.map { calls[$0] ?? 0 }
    if SimulatedSpan.setting("FLEETIZE_SIMULATED_DAYS") != nil {
      print("calls per night while the API is broken: \(lost)")
    }
    #expect(lost[0] <= 6 && lost.dropFirst().allSatisfy { $0 <= 2 }, "\(lost)")
    // It is seen that there was something to lose.
    #expect(lost.allSatisfy { $0 > 0 } && lost[0] == 6, "\(lost)")
  }
}
