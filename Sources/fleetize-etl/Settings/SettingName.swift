/// Every setting, by its name in the file.
enum SettingName: String, CaseIterable {
  case databaseURL = "database_url"
  case apiURL = "api_url"
  case requestTimeout = "request_timeout"
  case maxResponseBytes = "max_response_bytes"
  case allowPlainHTTP = "allow_plain_http"
  case firstDays = "first_days"
  case settlingDays = "settling_days"
  case unjudgedNights = "unjudged_nights"
  case erasuresFile = "erasures_file"
  case accounts
  case account
  case apiToken = "api_token"
  case apiTokenFile = "api_token_file"
  case apiTokenFiles = "api_token_files"
  case timeZone = "time_zone"
  case deviceTimeZones = "device_time_zones"
  case egress
  case requestInterval = "request_interval"
  case dailyCalls = "daily_calls"

  var isList: Bool { [.accounts, .apiTokenFiles, .deviceTimeZones].contains(self) }

  /// Whether the section of an account may contain it.
  var isOfAccount: Bool {
    switch self {
    case .apiToken, .apiTokenFile, .apiTokenFiles, .timeZone, .deviceTimeZones, .egress, .requestInterval, .dailyCalls:
      true
    default: false
    }
  }

  /// - Parameter account: for the variable of an account's own value.
  func variable(of account: String? = nil) -> String {
    if self == .databaseURL { return "DATABASE_URL" }
    return (["FLEETIZE", account, rawValue].compactMap { $0 }.joined(separator: "_")).uppercased()
      .replacing(/[^A-Z0-9]/, with: "_")
  }
}
