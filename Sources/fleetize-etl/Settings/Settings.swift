import Extract
import FleetModel
import FoundationEssentials
import Load

/// Something is wrong with the configuration.
struct SettingsError: Error, CustomStringConvertible {
  var description: String
  var hint: String?
}

/// All settings, each from the environment or else from the file given with `--config`.
struct Settings: Sendable {
  /// A PostgreSQL URI or conninfo string; empty for libpq's own environment (`PGHOST`, …). May hold a password: never printed.
  var database: String
  var apiURL: String
  /// Seconds for one call.
  var requestTimeout: Double
  var maxResponseBytes: Int
  var allowsPlainHTTP: Bool
  /// Days that the first run for a device covers.
  var firstDays: Int
  /// Days after a day's end when it becomes final without proof.
  var settlingDays: Int
  /// Where erasures are remembered outside of the database too.
  var erasuresFile: ErasuresFile?
  var accounts: [Account]
  /// Each setting that was asked for, with where its value came from.
  var used: [UsedSetting]

  /// One FLEETIZE account.
  struct Account: Sendable {
    var name: String
    var timeZone: String
    /// Of devices elsewhere.
    var deviceTimeZones: [FleetModel.DeviceID: String]
    var limits: AccountLimits
    /// What is not configured anywhere, so that the defaults stand above.
    var defaulted: Set<AccountSetting>
    /// One, or one for each sub-user.
    var tokenSources: [TokenSource]
  }

  enum TokenSource: Sendable {
    case text(String)
    case file(String)
  }

  /// - Parameter file: the path of a YAML file.
  init(file: String?) throws {
    // `api_url` in the file is FLEETIZE_API_URL in the environment.
    var places = [SettingPlace.environment]
    if let file { places.append(try .file(file)) }
    let values = SettingValues(places: places)
    database = values.databaseURL
    apiURL = values.text("api_url", or: "https://api.fleetize.com/v2")
    requestTimeout = try values.number("request_timeout", in: 0.001...86_400, or: 45)
    maxResponseBytes = try values.integer("max_response_bytes", in: 1...2_000_000_000, or: 64 << 20)
    allowsPlainHTTP = try values.flag("allow_plain_http", or: false)
    firstDays = try values.integer("first_days", in: 1...3_660, or: 1)
    settlingDays = try values.integer("settling_days", in: 0...3_660, or: 14)
    erasuresFile = values.text("erasures_file").map { ErasuresFile(path: $0) }
    let names = values.list("accounts")
    accounts =
      try names.isEmpty
      ? [Account(name: values.text("account", or: "default"), values: values)]
      : names.map { try Account(name: $0, values: values.section($0)) }
    used = values.used
  }
}

extension Settings.Account {
  fileprivate init(name: String, values: SettingValues) throws {
    self.name = name
    timeZone = values.text("time_zone", or: "UTC")
    deviceTimeZones = try Self.deviceTimeZones(values.list("device_time_zones"))
    limits = AccountLimits(
      egress: values.text("egress", or: "default"),
      dailyCalls: try values.integer("daily_calls", in: 1...1_000_000, or: 100),
      requestInterval: try values.number("request_interval", in: 0...86_400, or: 60))
    tokenSources = values.tokenSources
    defaulted = Set(AccountSetting.allCases.filter { !values.isConfigured($0.rawValue) })
  }

  /// Whether anything tells of the account.
  var isConfigured: Bool {
    name != "default" || !tokenSources.isEmpty || defaulted.count < AccountSetting.allCases.count
  }

  /// The account's tokens, one a user, read when they are needed and not before.
  func tokens() throws -> [Token] {
    guard !tokenSources.isEmpty else {
      throw SettingsError(
        description: "account \(name) has no token",
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
