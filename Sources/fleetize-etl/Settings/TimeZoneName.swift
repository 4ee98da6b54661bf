import Extract
import Foundation

/// Names of time zones: those of the IANA list with a slash, and UTC.
///
/// PostgreSQL accepts more: it reads `UTC+2` as west of Greenwich and `Berlin1` as an offset.
enum TimeZoneName {
  /// What people write for a zone of the list.
  private static let abbreviations = [
    "CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin",
    "EET": "Europe/Helsinki", "EEST": "Europe/Helsinki", "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon",
    "BST": "Europe/London", "EST": "America/New_York", "EDT": "America/New_York", "CST": "America/Chicago",
    "CDT": "America/Chicago", "MST": "America/Denver", "MDT": "America/Denver", "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles", "MSK": "Europe/Moscow", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo",
    "GMT": "UTC", "Z": "UTC", "ZULU": "UTC", "UCT": "UTC",
  ]

  /// - Parameter setting: how the message names the setting.
  /// - Throws: ``SettingError`` without the name itself, which can be a secret in the wrong line.
  static func check(_ zone: String, _ setting: String, from origin: String) throws(SettingError) {
    let isName = zone == "UTC" || zone.wholeMatch(of: /[A-Za-z_-]+(\/[A-Za-z_-]+)+|Etc\/GMT[+-]\d{1,2}/) != nil
    let known = TimeZone.knownTimeZoneIdentifiers
    let hasWrongCase = !known.contains(zone) && known.contains { $0.lowercased() == zone.lowercased() }
    guard !isName || hasWrongCase else { return }
    throw SettingError(
      "\(setting) must be UTC or a name of the IANA list such as Europe/Berlin (\(origin))", hint: hint(for: zone))
  }

  /// The zone that is probably meant.
  static func hint(for zone: String) -> String {
    let names = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") && !$0.hasPrefix("Etc/") }
    let letters = zone.filter { $0.isLetter || "_/ -".contains($0) }
    let cities = Dictionary(names.map { (String($0.split(separator: "/").last ?? ""), $0) }) { first, _ in first }
    let right =
      abbreviations[letters.uppercased()]
      ?? (letters.uppercased() == "UTC" && letters == zone ? "UTC" : nil)
      ?? (letters.contains("/") ? nearest(to: letters, in: names) : nil)
      ?? nearest(to: letters, in: cities.keys).flatMap { cities[$0] }
    // An offset is no zone: it has no daylight saving time.
    guard let right, zone.allSatisfy({ !"+0123456789:".contains($0) }) || right != "UTC" else {
      return "use the zone of a city, such as Europe/Berlin"
    }
    return "did you mean \(right)?"
  }
}
