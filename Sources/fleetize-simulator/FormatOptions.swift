import ArgumentParser
import FleetModel
import FleetizeSimulator
import FoundationEssentials

struct FormatOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Change the format of routes from an instant, a UTC day or a call (number) on. Kinds: "
        + "\(FormatChange.Kind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kind@start"))
  var formatChange: Change?

  @Flag(help: "The change of format also affects lists and the nodes \"device\".")
  var formatChangeEverywhere = false

  @Flag(help: "The change of format affects only days without routes.")
  var formatChangeForIdleDays = false

  struct Change: ExpressibleByArgument {
    let kind: FormatChange.Kind
    let start: FormatChange.Start

    init?(argument: String) {
      let parts = argument.split(separator: "@", maxSplits: 1).map(String.init)
      guard parts.count == 2, let kind = FormatChange.Kind(rawValue: parts[0]) else { return nil }
      self.kind = kind
      if let call = Int(parts[1]), call > 0 {
        start = .call(call)
      } else if let moment = UTCDay(parts[1])?.start ?? Date(instant: parts[1]) {
        start = .moment(moment)
      } else {
        return nil
      }
    }
  }

  func apply(to configuration: inout Simulator.Configuration) {
    configuration.formatChange = formatChange.map {
      FormatChange(
        $0.kind, from: $0.start, isEverywhere: formatChangeEverywhere, isForIdleDays: formatChangeForIdleDays)
    }
  }
}
