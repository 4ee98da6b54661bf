import Configuration
import Extract
import FleetModel
import FoundationEssentials
import Load
import SystemPackage

/// Something is wrong with the configuration.
struct SettingsError: Error, CustomStringConvertible {
  var description: String
}

/// All settings, each from the environment or else from the file given with `--config`.
struct Settings: Sendable {
  /// A PostgreSQL URI or conninfo string; empty for libpq's own environment (`PGHOST`, …). May hold a password: never printed.
  var database: String
  var apiURL: String
  /// Seconds for one call.
  var requestTimeout: Double
  var maxAnswerBytes: Int
  var allowsPlainHTTP: Bool
  /// Days that the first run for a device covers.
  var firstDays: Int
  /// Days after a day's end when it becomes final without proof.
  var settlingDays: Int
  var accounts: [Account]

  /// One FLEETIZE account.
  struct Account: Sendable {
    var name: String
    var timeZone: String
    /// Of devices elsewhere.
    var deviceTimeZones: [FleetModel.DeviceID: String]
    var limits: AccountLimits
    /// One, or one for each sub-user.
    var tokenSources: [TokenSource]
  }

  enum TokenSource: Sendable {
    case text(String)
    case file(String)
  }

  /// - Parameter file: the path of a YAML file.
  init(file: String?) async throws {
    // `api_url` in the file is FLEETIZE_API_URL in the environment.
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(secretsSpecifier: .all).prefixKeys(with: "fleetize")
    ]
    if let file {
      do {
        providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
      } catch {
        throw SettingsError(description: "the configuration file \(file) cannot be read: \(error)")
      }
    }
    let values = Values(
      reader: ConfigReader(providers: providers), places: providers.map { ConfigReader(provider: $0) })
    // The one setting whose variable has not our prefix.
    let databaseURL = ConfigReader(provider: EnvironmentVariablesProvider(secretsSpecifier: .all))
      .string(forKey: "database.url", isSecret: true)
    database = databaseURL ?? values.text("database_url") ?? ""
    apiURL = values.text("api_url") ?? "https://api.fleetize.com/v2"
    requestTimeout = try values.number("request_timeout", in: 0.001...86_400) ?? 45
    maxAnswerBytes = try values.integer("max_answer_bytes", in: 1...2_000_000_000) ?? 64 << 20
    allowsPlainHTTP = try values.flag("allow_plain_http") ?? false
    firstDays = try values.integer("first_days", in: 1...3_660) ?? 1
    settlingDays = try values.integer("settling_days", in: 0...3_660) ?? 14
    let names = values.list("accounts") ?? []
    accounts =
      try names.isEmpty
      ? [Account(name: values.text("account") ?? "default", values: values)]
      : names.map { try Account(name: $0, values: Values(reader: values.reader, places: values.places, section: $0)) }
  }
}

extension Settings.Account {
  fileprivate init(name: String, values: Values) throws {
    self.name = name
    timeZone = values.text("time_zone") ?? "UTC"
    deviceTimeZones = try Self.deviceTimeZones(values.list("device_time_zones") ?? [])
    limits = AccountLimits(
      egress: values.text("egress") ?? "default",
      dailyCalls: try values.integer("daily_calls", in: 1...1_000_000) ?? 100,
      requestInterval: try values.number("request_interval", in: 0...86_400) ?? 60)
    tokenSources = values.tokenSources
  }

  /// The account's tokens, one a user, read when they are needed and not before.
  func tokens() throws -> [Token] {
    guard !tokenSources.isEmpty else {
      throw SettingsError(
        description: """
          account \(name) has no token. Set FLEETIZE_API_TOKEN, or FLEETIZE_API_TOKEN_FILE to a file that only you can read \
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

/// Reads values as text and converts them here, so that a wrong one is an error that names it.
private struct Values {
  let reader: ConfigReader
  /// The same, place by place: the environment, then the file.
  let places: [ConfigReader]
  /// The account whose own section goes before the common values.
  var section: String?

  func text(_ key: String) -> String? {
    let own = section.flatMap { reader.string(forKey: ConfigKey([$0, key]), isSecret: true) }
    let value = own ?? reader.string(forKey: ConfigKey([key]), isSecret: true)
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The nearest place that tells of a token wins as a whole: the account's own section, the environment, the file.
  var tokenSources: [Settings.TokenSource] {
    let own = section.map { Values(reader: reader.scoped(to: ConfigKey([$0])), places: []) }
    let candidates = [own].compactMap { $0 } + places.map { Values(reader: $0, places: []) }
    return candidates.lazy.map(\.tokenSourcesHere).first { !$0.isEmpty } ?? []
  }

  private var tokenSourcesHere: [Settings.TokenSource] {
    if let text = text("api_token") { return [.text(text)] }
    if let path = text("api_token_file") { return [.file(path)] }
    return (list("api_token_files") ?? []).map { .file($0) }
  }

  func list(_ key: String) -> [String]? {
    section.flatMap { reader.stringArray(forKey: ConfigKey([$0, key])) } ?? reader.stringArray(forKey: ConfigKey([key]))
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
    try converted(key, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      SettingText.number(text, in: range)
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    try converted(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      SettingText.integer(text, in: range)
    }
  }

  func flag(_ key: String) throws -> Bool? {
    try converted(key, "true or false", SettingText.flag)
  }

  private func converted<Value>(_ key: String, _ expected: String, _ convert: (String) -> Value?) throws -> Value? {
    guard let text = text(key) else { return nil }
    guard let value = convert(text) else {
      throw SettingsError(description: "\(key) (FLEETIZE_\(key.uppercased())) is \(expected), not \"\(text)\"")
    }
    return value
  }
}
