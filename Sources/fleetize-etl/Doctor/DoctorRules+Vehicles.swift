import FleetModel
import Load
import Logbook

extension DoctorRules {
  static func vehicles(_ vehicles: Health.Vehicles?) -> Diagnosis {
    guard let vehicles else { return .ok("no vehicle is known yet") }
    if let since = vehicles.silentSince, vehicles.silentNights >= 2 {
      return .problem(
        "no listed vehicle has been heard from in \(vehicles.silentNights) nights in a row, since the night after \(since)",
        do:
          "check in FLEETIZE whether the vehicles are online; if they are, the API may no longer answer as documented"
      )
    }
    if let first = vehicles.unlisted.first {
      let devices = vehicles.unlisted.map(\.device)
      return .warning(
        "\(trouble(devices, "not in any device list of the last 30 days") ?? "")",
        do:
          "if it was sold, run `fleetize-etl device retire \(first.device) --from \(first.since)`; its days are no longer asked for"
      )
    }
    let troubles = [
      trouble(vehicles.neverJudged, "listed, but never heard from"),
      trouble(vehicles.vanished, "no longer in the device list"),
    ].compactMap { $0 }
    guard !troubles.isEmpty else { return .ok("every listed vehicle has been heard from") }
    return .warning(
      troubles.joined(separator: "; "),
      do: "check these vehicles in FLEETIZE: the days that are missing stay open, and are not fetched")
  }

  static func findings(_ open: [(rule: String, count: Int)]) -> Diagnosis {
    guard let first = open.first else { return .ok("no finding needs attention") }
    let named = open.prefix(5).map { "\($0.rule) (\($0.count))" }.joined(separator: ", ")
    let more = open.count > 5 ? " and \(open.count - 5) more rules" : ""
    return .warning(
      "\(counted(open.reduce(0) { $0 + $1.count }, "finding")) that nobody has acknowledged: \(named)\(more)",
      do:
        "see bi.finding; for what is known and right, run `fleetize-etl finding acknowledge \(first.rule) --note TEXT`")
  }

  static func sharedDevices(_ shared: [Health.SharedDevice]) -> Diagnosis {
    guard let first = shared.first else { return .ok("no vehicle belongs to two accounts") }
    return .warning(
      "\(counted(shared.count, "vehicle")) in more than one account, such as \(first.device) in "
        + first.accounts.map(printable).joined(separator: " and "),
      do:
        "if these are one account, retire one of them with `fleetize-etl account retire`: each of its days costs two calls"
    )
  }

  private static func trouble(_ devices: [DeviceID], _ what: String) -> String? {
    guard !devices.isEmpty else { return nil }
    let named = devices.prefix(5).map(\.description).joined(separator: ", ")
    let more = devices.count > 5 ? " and \(devices.count - 5) more" : ""
    return "\(devices.count == 1 ? "vehicle" : "vehicles") \(named)\(more) \(devices.count == 1 ? "is" : "are") \(what)"
  }
}
