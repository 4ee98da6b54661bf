import ArgumentParser
import FleetizeSimulator
import FoundationEssentials

struct ClockOptions: ParsableArguments {
  @Option(
    name: .customLong("clock"),
    help: ArgumentHelp(
      "The time at the start: an instant (2026-11-01T00:10:00Z), or seconds from now (+3600).", valueName: "time"))
  var start: Start?

  @Option(
    help: ArgumentHelp(
      "Simulated seconds per second; 0 stops the clock. Limits always run at speed 1.", valueName: "factor"))
  var clockSpeed = 1.0

  var clock: SimulatedClock { SimulatedClock(startingAt: start?.moment, speed: clockSpeed) }

  struct Start: ExpressibleByArgument {
    let moment: Date

    init?(argument: String) {
      if let instant = Date(instant: argument) {
        moment = instant
      } else if argument.hasPrefix("+") || argument.hasPrefix("-"), let seconds = Double(argument) {
        moment = Date().addingTimeInterval(seconds)
      } else {
        return nil
      }
    }
  }
}

extension Date {
  /// `2026-11-01T00:10:00Z`
  init?(instant text: String) {
    guard let instant = try? Date(text, strategy: .iso8601) else { return nil }
    self = instant
  }
}
