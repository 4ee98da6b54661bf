import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// What the calls of a nightly run are spent on. `make simulate` prints the table of docs/call-efficiency.md.
@Suite(.serialized) struct `Calls made for calls needed` {
  private static let span = SimulatedSpan.current(days: 365, vehicles: 10)

  @Test(arguments: FleetKind.all)
  func `are at most 2 percent more in a year without faults`(fleet: FleetKind) throws {
    let calls = try CallCount.inMemory(of: fleet, span: Self.span, lateUploadsPerYear: 0)
    calls.print()
    #expect(calls.made <= 1.02 * calls.needed, "\(calls)")
  }

  /// On average a vehicle is offline four times per year, for 1 h to 30 days.
  @Test(arguments: FleetKind.all)
  func `are at most 10 percent more in a year with late uploads`(fleet: FleetKind) throws {
    let calls = try CallCount.inMemory(of: fleet, span: Self.span, lateUploadsPerYear: 4)
    calls.print()
    #expect(calls.made <= 1.10 * calls.needed, "\(calls)")
  }

  /// Justifies the simulation in memory: it and the real pipeline with a database go through the same weeks.
  @Test(arguments: FleetKind.all)
  func `are, call by call, those of the real pipeline with a database`(fleet: FleetKind) async throws {
    let span = SimulatedSpan(days: 21, vehicles: 4)
    let scenario = CallCount.scenario(of: fleet, span: span, lateUploadsPerYear: 24)
    let memory = try CallCount.playInMemory(scenario)
    try await Stage.set(scenario) { stage in
      _ = try await stage.playNights(calmNights: CallCount.calmNights)
      #expect(try await stage.faults(until: scenario.lastDay) == [])
      #expect(memory.record.calls.map(\.request) == stage.record.calls.map(\.request))
    }
  }
}

/// A fleet of one kind of vehicles, or of all kinds.
struct FleetKind: Sendable, CustomTestStringConvertible {
  var name: String
  var kinds: [VehicleKind]

  static let all: [FleetKind] =
    [VehicleKind.sales, .service, .pool, .reserve, .nightShift, .delivery].map {
      FleetKind(name: $0.rawValue, kinds: [$0])
    } + [
      FleetKind(
        name: "mixed", kinds: [.sales, .service, .pool, .reserve, .nightShift, .delivery, .commuter, .longHaul])
    ]

  var testDescription: String { name }
}

/// The calls of a fleet's nights, the calls that no exporter could save, and those of one that asks for every device every night.
struct CallCount: CustomStringConvertible {
  var fleet: String
  var lateUploadsPerYear: Double
  var made = 0.0
  /// One list per day, and one call per device-day with activity: on which a route departs, arrives or is running.
  var needed = 0.0
  var naive = 0.0
  /// Routes that the naive exporter misses, because it asks once, right after midnight.
  var routesLostByNaive = 0
  var routes = 0

  /// Nights after the simulated time in which data that was held back can arrive.
  static let calmNights = 8

  static func scenario(of fleet: FleetKind, span: SimulatedSpan, lateUploadsPerYear: Double) -> Scenario {
    let kinds = (0..<span.vehicles).map { fleet.kinds[$0 % fleet.kinds.count] }
    var scenario = Scenario(seed: 1, kinds: kinds, nights: span.days)
    scenario.lateUploadsPerYear = lateUploadsPerYear
    return scenario
  }

  static func playInMemory(_ scenario: Scenario) throws -> PureStage {
    let stage = try PureStage(scenario)
    stage.play(stage.nightlyHosts(calmNights: calmNights))
    #expect(stage.faults(scenario.firstDay...scenario.lastDay) == [])
    return stage
  }

  static func inMemory(of fleet: FleetKind, span: SimulatedSpan, lateUploadsPerYear: Double) throws -> CallCount {
    let scenario = scenario(of: fleet, span: span, lateUploadsPerYear: lateUploadsPerYear)
    return CallCount(try playInMemory(scenario), fleet: fleet.name)
  }

  private init(_ stage: PureStage, fleet: String) {
    let scenario = stage.scenario
    self.fleet = fleet
    lateUploadsPerYear = scenario.lateUploadsPerYear
    let lastNight = scenario.lastDay.end + 86_400
    for call in stage.record.calls {
      switch call.request {
      case .deviceList: made += call.start < lastNight ? 1 : 0
      case .deviceDay(_, let day): made += day <= scenario.lastDay ? 1 : 0
      }
    }
    for day in scenario.firstDay...scenario.lastDay {
      needed += 1
      naive += 1
      for (index, device) in stage.devices.enumerated() {
        naive += 1
        let truth = stage.fleet.routes(of: device, departingOn: day).count
        routes += truth
        needed += stage.fleet.wasActive(device, on: day) ? 1 : 0
        let asked = day.end + Stage.nightlyStart + Double(index + 1) * 61
        routesLostByNaive += truth - (stage.fleet.day(day, of: device, at: asked)?.routes.count ?? 0)
      }
    }
  }

  var description: String {
    func number(_ value: Double) -> String { String(Int(value)) }
    func ratio(_ value: Double) -> String {
      (value / needed).formatted(.number.precision(.fractionLength(3)).locale(Locale(identifier: "en_US_POSIX")))
    }
    let lost = (100 * Double(routesLostByNaive) / Double(max(1, routes))).formatted(
      .number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US_POSIX")))
    return
      "| \(fleet) | \(lateUploadsPerYear > 0 ? "yes" : "no") | \(number(needed)) | \(number(made)) | \(ratio(made)) | "
      + "\(number(naive)) | \(ratio(naive)) | \(lost) % |"
  }

  static let header = """
    | fleet | late uploads | needed | made | made / needed | naive | naive / needed | routes that naive loses |
    |---|---|---|---|---|---|---|---|
    """

  /// Prints a row of the table if requested.
  func print() {
    if SimulatedSpan.setting("FLEETIZE_SIMULATED_DAYS") != nil { Swift.print(self) }
  }
}

extension GeneratedFleet {
  /// Whether a route was running at any time of the day; none lasts longer than two days.
  fileprivate func wasActive(_ device: DeviceID, on day: UTCDay) -> Bool {
    [day, day.previous, day.advanced(by: -2)].contains { departure in
      routes(of: device, departingOn: departure).contains { $0.departedAt < day.end && $0.arrivedAt > day.start }
    }
  }
}
