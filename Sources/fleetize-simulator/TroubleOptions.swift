import ArgumentParser
import FleetModel
import FleetizeSimulator
import FoundationEssentials

struct TroubleOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A fault and the calls it affects: 503@5 the fifth call, 503@5+ every call from the fifth on, 503@5-9 the fifth to the "
        + "ninth, reset/7 every seventh, cut=100%2.5 2.5 percent. Kinds: \(FaultSchedule.kinds). May be repeated.",
      valueName: "kind@calls"))
  var fault: [FaultSchedule] = []

  @Option(
    help: ArgumentHelp(
      "A device that cannot be heard from between two instants, and uploads its routes afterwards.",
      valueName: "device,from,until"))
  var offline: [OfflineDevice] = []

  @Option(
    help: ArgumentHelp(
      "A device that records nothing between two instants: its mileage increases, but its routes are lost.",
      valueName: "device,from,until"))
  var unplugged: [OfflineDevice] = []

  @Option(
    help: ArgumentHelp(
      "A false heartbeat_timestamp or online_timestamp: heartbeat=3 is 3 days after the request, heartbeat=rollover 1,024 weeks "
        + "after the true time. Add ,device=ID or ,call=N (N+, N-M) to restrict it. May be repeated.",
      valueName: "tag=error"))
  var falseTimestamp: [FalseTimestamp] = []

  struct OfflineDevice: ExpressibleByArgument {
    let device: DeviceID
    let outage: Outage

    init?(argument: String) {
      let parts = argument.split(separator: ",").map(String.init)
      guard parts.count == 2 || parts.count == 3, let id = Int64(parts[0]), let from = Date(instant: parts[1]) else {
        return nil
      }
      let until = parts.count == 3 ? Date(instant: parts[2]) : nil
      guard parts.count == 2 || until != nil else { return nil }
      device = DeviceID(id)
      outage = Outage(from: from, until: until)
    }
  }

  var outages: @Sendable (DeviceID) -> [Outage] {
    let lost = unplugged.map { ($0.device, Outage(from: $0.outage.from, until: $0.outage.until, isUnplugged: true)) }
    let outages = Dictionary(grouping: offline.map { ($0.device, $0.outage) } + lost, by: \.0).mapValues { $0.map(\.1) }
    return { outages[$0] ?? [] }
  }

  func apply(to configuration: inout Simulator.Configuration, seed: UInt64) {
    configuration.fault = FaultSchedule.faults(fault, seed: seed)
    configuration.falseTimestamps = falseTimestamp
  }
}

extension FaultSchedule: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}

extension FalseTimestamp: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}
