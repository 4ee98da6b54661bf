import ArgumentParser
import FleetModel
import FleetizeSimulator

struct FleetOptions: ParsableArguments {
  @Option(help: "Equal seeds generate equal fleets.")
  var seed: UInt64 = 1

  @Option(help: "Number of generated vehicles.")
  var vehicles = 8

  @Option(
    help: ArgumentHelp(
      "Generate a vehicle of this kind instead; may be repeated: \(VehicleKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var kind: [VehicleKind] = []

  @Option(help: ArgumentHelp("When the first tracker is fitted; all others follow within 60 days.", valueName: "date"))
  var firstDay: UTCDay = GeneratedFleet.defaultFirstDay

  @Option(help: ArgumentHelp("Seconds between two points of a route.", valueName: "seconds"))
  var pointInterval = 10

  @Flag(help: "Cut routes into pieces at midnight UTC.")
  var cutAtMidnight = false

  @Flag(help: "Show the node \"device\" of a past day as of that day, instead of the latest values.")
  var historicDeviceNodes = false

  @Option(
    help: ArgumentHelp(
      "Serve stored responses instead: DIR/devicelist.json and DIR/device/<id>/<YYYY-MM-DD>.json.", valueName: "dir"))
  var payloads: String?

  func validate() throws {
    guard vehicles >= 0, pointInterval > 0 else {
      throw ValidationError("--vehicles must not be negative, and --point-interval must be at least 1")
    }
  }

  func fleet(
    ofAccount index: Int, outages: @escaping @Sendable (DeviceID) -> [Outage]
  ) throws -> any SimulatedFleet {
    if let payloads { return try PayloadFolder(path: payloads) }
    return GeneratedFleet(
      seed: seed &+ UInt64(index), kinds: kind.isEmpty ? GeneratedFleet.mixture(of: vehicles) : kind,
      firstDevice: DeviceID(492 + 1000 * Int64(index)), firstDay: firstDay, pointInterval: pointInterval,
      cutsAtMidnight: cutAtMidnight, hasHistoricNodes: historicDeviceNodes, outages: outages)
  }
}

extension VehicleKind: ExpressibleByArgument {}

extension UTCDay: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}
