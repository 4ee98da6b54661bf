import FleetModel
import FleetizeSimulator
import Foundation
import Testing

@testable import Pipeline

/// Two years asked of an API that serves 90 days.
@Suite struct `A backfill beyond the API's history` {
  @Test(arguments: [1, 8, 40]) func `makes at most 20 calls there, whatever the number of vehicles, and all others`(
    vehicles: Int
  ) throws {
    let kinds: [VehicleKind] = [.delivery, .sales, .service, .pool]
    var scenario = Scenario(seed: 1, kinds: (0..<vehicles).map { kinds[$0 % kinds.count] }, nights: 2)
    (scenario.historyDays, scenario.servedDays, scenario.quota, scenario.interval) = (730, 90, 100_000, 1)
    let stage = try PureStage(scenario)
    let last = scenario.firstDay.previous
    let range = scenario.firstDay.advanced(by: -730)...last
    let start = scenario.firstDay.advanced(by: 1).start + 12 * 3600
    let host = PureHost(
      number: 9, of: stage, starts: [start],
      backfill: .backfill(range, devices: nil, refetch: false, beyond: false))
    stage.play([host])
    let days = stage.record.calls.compactMap { call -> UTCDay? in
      if case .deviceDay(_, let day) = call.request { day } else { nil }
    }
    let wall = UTCDay(containing: start).advanced(by: -90)
    let beyond = days.count { $0 < wall }
    if SimulatedSpan.setting("FLEETIZE_SIMULATED_DAYS") != nil {
      print("backfill of 2 years, 90 served, \(vehicles) vehicles: \(days.count) calls, \(beyond) beyond")
    }
    #expect(beyond <= 20 && beyond > 0)
    // Every route that is served has come.
    for device in stage.devices {
      for day in wall...last {
        let truth = stage.fleet.routes(of: device, departingOn: day).map(\.departedAt)
        #expect(stage.warehouse.devices[device]?.routes[day] ?? [] == truth, "\(device), \(day)")
      }
    }
  }
}
