import ArgumentParser
import FleetModel
import FleetizeSimulator

struct FleetOptions: ParsableArguments {
  @Option(help: "The same seed makes the same fleet, on any day.")
  var seed: UInt64 = 1

  @Option(help: "How many vehicles to make up.")
  var vehicles = 8

  @Option(
    help: ArgumentHelp(
      "Make up vehicles of these kinds instead: \(VehicleKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var kind: [VehicleKind] = []

  @Option(
    help: ArgumentHelp("When the first trackers were fitted; the others follow within 60 days.", valueName: "date"))
  var firstDay: UTCDay = GeneratedFleet.defaultFirstDay

  @Option(help: ArgumentHelp("Seconds between two points of a route.", valueName: "seconds"))
  var pointInterval = 10

  @Option(
    help: ArgumentHelp(
      "Serve stored answers instead: DIR/devicelist.json and DIR/device/<id>/<YYYY-MM-DD>.json.", valueName: "dir"))
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
      outages: outages)
  }
}

extension VehicleKind: ExpressibleByArgument {}

extension UTCDay: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}
