import Extract
import FleetModel

extension Settings.Account {
  /// From texts such as `492=Europe/London`.
  static func deviceTimeZones(_ texts: [String]) throws -> [DeviceID: String] {
    let setting = "device_time_zones (FLEETIZE_DEVICE_TIME_ZONES)"
    var zones: [DeviceID: String] = [:]
    for text in texts {
      let parts = text.filter { !$0.isWhitespace }.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let number = Int64(parts[0]), number > 0 else {
        throw SettingError("\(setting) is a list of zones such as 492=Europe/London")
      }
      let zone = String(parts[1])
      if let other = zones.updateValue(zone, forKey: DeviceID(number)), other != zone {
        throw SettingError("\(setting) puts device \(number) into both \(other) and \(zone)")
      }
    }
    return zones
  }
}
