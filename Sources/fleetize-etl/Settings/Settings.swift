import Extract
import FleetModel
import FoundationEssentials
import Load

/// All settings, each from the environment, else from the file.
struct Settings: Sendable {
  /// A PostgreSQL URI or conninfo string; empty for libpq's environment (`PGHOST`, …). May contain a password.
  var database: String
  var apiURL: String
  /// Seconds per call.
  var requestTimeout: Double
  var maxResponseBytes: Int
  var allowsPlainHTTP: Bool
  /// Days that the first run of a device covers.
  var firstDays: Int
  /// Days after a day's end when it becomes final without proof.
  var settlingDays: Int
  /// Nights after which a listed device that has never been heard from is a finding.
  var unjudgedNights: Int
  /// A record of erasures outside of the database.
  var erasuresFile: ErasuresFile?
  var accounts: [Account]
  /// Nil for none.
  var file: String?
  /// Variables `FLEETIZE_…` that are not settings.
  var unknownVariables: [String]
  /// Every setting with its origin.
  var used: [UsedSetting]

  /// One FLEETIZE account.
  struct Account: Sendable {
    var name: String
    var timeZone: String
    /// Of devices in another zone.
    var deviceTimeZones: [FleetModel.DeviceID: String]
    var limits: AccountLimits
    /// Settings with their default, because nothing configures them.
    var defaulted: Set<AccountSetting>
    /// One, or one per sub-user.
    var tokenSources: [TokenSource]
  }

  enum TokenSource: Sendable {
    case text(String)
    case file(String)
  }

  /// Names the file when `--config` does not.
  static let fileVariable = "FLEETIZE_CONFIG"
  private static let standardFile = "/etc/fleetize-etl/config.yaml"

  /// - Parameter file: The path of a YAML file; nil for that of `FLEETIZE_CONFIG`, else the standard one if it exists. An empty path
  ///   is no file.
  init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    // `api_url` in the file is FLEETIZE_API_URL in the environment.
    var places = [SettingPlace.environment]
    let ownAccounts = SettingValues(places: places).list("accounts")
    let standard = FileManager.default.fileExists(atPath: Self.standardFile) ? Self.standardFile : ""
    let path = file ?? environment[Self.fileVariable] ?? standard
    if !path.isEmpty { places.append(try .file(path, accounts: ownAccounts)) }
    self.file = path.isEmpty ? nil : path
    let values = SettingValues(places: places)
    database = values.databaseURL
    apiURL = values.text("api_url", or: "https://api.fleetize.com/v2")
    requestTimeout = try values.number("request_timeout", in: 0.001...86_400, or: 45)
    maxResponseBytes = try values.integer("max_response_bytes", in: 1...2_000_000_000, or: 64 << 20)
    allowsPlainHTTP = try values.flag("allow_plain_http", or: false)
    firstDays = try values.integer("first_days", in: 1...3_660, or: 1)
    settlingDays = try values.integer("settling_days", in: 0...3_660, or: 14)
    unjudgedNights = try values.integer("unjudged_nights", in: 1...3_660, or: 3)
    erasuresFile = values.text("erasures_file").map { ErasuresFile(path: $0) }
    let names = try Self.checkedNames(values.list("accounts"))
    unknownVariables = try VariableCheck.unknownVariables(environment.keys, accounts: names)
    accounts =
      try names.isEmpty
      ? [Account(name: values.text("account", or: "default"), values: values)]
      : names.map { try Account(name: $0, values: values.section($0)) }
    used = values.used
  }
}

extension Settings {
  /// - Throws: ``SettingError`` for names that could be confused with each other or with settings in sections and variables.
  private static func checkedNames(_ names: [String]) throws(SettingError) -> [String] {
    let problem =
      if names.contains(where: { $0.wholeMatch(of: /[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}/) == nil }) {
        "must contain only letters, digits, \".\", \"_\" and \"-\" in a name"
      } else if names.contains(where: { SettingName(rawValue: $0.lowercased()) != nil }) {
        "must not use the name of a setting"
      } else if Set(names.map { SettingName.apiToken.variable(of: $0) }).count < names.count {
        "must not name an account twice, or two whose variables have the same name"
      } else {
        nil as String?
      }
    guard let problem else { return names }
    throw SettingError("accounts (FLEETIZE_ACCOUNTS) \(problem)", hint: "rename the account")
  }
}

extension Settings.Account {
  fileprivate init(name: String, values: SettingValues) throws {
    self.name = name
    timeZone = values.text("time_zone", or: "UTC")
    try TimeZoneName.check(timeZone, "time_zone (FLEETIZE_TIME_ZONE)", from: values.latestOrigin)
    deviceTimeZones = try Self.deviceTimeZones(values.list("device_time_zones"))
    for zone in deviceTimeZones.values {
      try TimeZoneName.check(
        zone, "a zone in device_time_zones (FLEETIZE_DEVICE_TIME_ZONES)", from: values.latestOrigin)
    }
    limits = AccountLimits(
      egress: values.text("egress", or: "default"),
      dailyCalls: try values.integer("daily_calls", in: 1...1_000_000, or: 100),
      requestInterval: try values.number("request_interval", in: 0...86_400, or: 60))
    tokenSources = values.tokenSources
    defaulted = Set(AccountSetting.allCases.filter { !values.isConfigured($0.rawValue) })
  }

  /// Whether any setting concerns the account.
  var isConfigured: Bool {
    name != "default" || !tokenSources.isEmpty || defaulted.count < AccountSetting.allCases.count
  }

  /// The account's tokens, one per user, read only when they are needed.
  func tokens() throws -> [Token] {
    guard !tokenSources.isEmpty else {
      throw SettingError(
        "account \(name) has no token",
        hint: """
          set FLEETIZE_API_TOKEN, or FLEETIZE_API_TOKEN_FILE to a file that only you can read \
          (My Account > Administration in FLEETIZE shows the token)
          """)
    }
    return try tokenSources.map { source in
      switch source {
      case .text(let text): try Token(text)
      case .file(let path): try Token(contentsOf: path)
      }
    }
  }
}
