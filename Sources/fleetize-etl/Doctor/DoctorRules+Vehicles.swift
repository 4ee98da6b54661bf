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
    let troubles = [
      trouble(vehicles.neverJudged, "listed, but never heard from"),
      trouble(vehicles.vanished, "no longer in the device list"),
    ].compactMap { $0 }
    guard !troubles.isEmpty else { return .ok("every listed vehicle has been heard from") }
    return .warning(
      troubles.joined(separator: "; "),
      do: "check these vehicles in FLEETIZE: the days that are missing stay open, and are not fetched")
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
