import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// What the calls of a nightly run are spent on. `make simulate` goes through a year and prints the table of docs/call-efficiency.md.
@Suite(.serialized) struct `Calls made for calls needed` {
  private static let span = SimulatedSpan.current(days: 14, vehicles: 4)

  @Test(arguments: FleetKind.all)
  func `are at most 2 percent more without faults`(fleet: FleetKind) async throws {
    let calls = try await CallCount.of(fleet, span: Self.span, lateUploadsPerYear: 0)
    calls.print()
    #expect(calls.made <= 1.02 * calls.needed, "\(calls)")
  }

  /// On average a vehicle is out of reach four times a year, for 1 h to 30 days.
  @Test(.enabled(if: span.days >= 180), arguments: FleetKind.all)
  func `are at most 10 percent more with late uploads`(fleet: FleetKind) async throws {
    let calls = try await CallCount.of(fleet, span: Self.span, lateUploadsPerYear: 4)
    calls.print()
    #expect(calls.made <= 1.10 * calls.needed, "\(calls)")
  }
}

/// A fleet of one kind of use, or of all.
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

/// Calls of a fleet's nights beside those that nobody could save, and those of an exporter that asks for every device every night.
struct CallCount: CustomStringConvertible {
  var fleet: String
  var lateUploadsPerYear: Double
  var made = 0.0
  /// A list a day, and a call for each device-day with activity.
  var needed = 0.0
  var naive = 0.0
  /// Routes that the naive exporter never sees, because it asks once, right after midnight.
  var routesLostByNaive = 0
  var routes = 0

  static func of(_ fleet: FleetKind, span: SimulatedSpan, lateUploadsPerYear: Double) async throws -> CallCount {
    let kinds = (0..<span.vehicles).map { fleet.kinds[$0 % fleet.kinds.count] }
    var scenario = Scenario(seed: 1, kinds: kinds, nights: span.days)
    scenario.lateUploadsPerYear = lateUploadsPerYear
    return try await Stage.set(scenario) { stage in
      _ = try await stage.playNights(calmNights: 8)
      let faults = try await stage.faults(until: scenario.lastDay)
      #expect(faults.isEmpty, "\(fleet.name): \(faults.prefix(10).joined(separator: "\n"))")
      return CallCount(stage, fleet: fleet.name)
    }
  }

  private init(_ stage: Stage, fleet: String) {
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
        needed += truth > 0 ? 1 : 0
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

  /// A row of the table, where somebody asked for it.
  func print() {
    if SimulatedSpan.setting("FLEETIZE_SIMULATED_DAYS") != nil { Swift.print(self) }
  }
}
