import Configuration
import Extract
import Postgres

/// Reads settings from the first place that has them, and records their origin.
///
/// Reading and conversion are separate steps, so that an error names the setting and its origin.
final class SettingValues {
  /// In order of precedence: the environment, then the file.
  private let places: [SettingPlace]
  /// The account whose section takes precedence over the common values.
  private let account: String?
  private let log: Log

  private final class Log {
    var used: [UsedSetting] = []
  }

  convenience init(places: [SettingPlace]) {
    self.init(places: places, account: nil, log: Log())
  }

  private init(places: [SettingPlace], account: String?, log: Log) {
    self.places = places
    self.account = account
    self.log = log
  }

  /// The values of an account's section, else the common ones.
  func section(_ account: String) -> SettingValues {
    SettingValues(places: places, account: account, log: log)
  }

  var used: [UsedSetting] { log.used }

  func text(_ key: String, or standard: String) -> String {
    text(key, standard) ?? standard
  }

  func text(_ key: String) -> String? {
    text(key, nil)
  }

  func list(_ key: String) -> [String] {
    let found = find { reader, section in
      reader.stringArray(forKey: ConfigKey([section, key].compactMap { $0 })).map { texts in
        (texts.map { $0.trimmingPrefix { $0 == " " } }.map(String.init), key)
      }
    }
    remember(key, found?.value.joined(separator: ","), found?.origin)
    return found?.value ?? []
  }

  /// Where the setting that was read last comes from.
  var latestOrigin: String { log.used.last?.origin ?? "default" }

  /// Whether a place sets it, even to its default.
  func isConfigured(_ key: String) -> Bool {
    let found: (value: Bool, origin: String)? = find { reader, section in
      let name = ConfigKey([section, key].compactMap { $0 })
      let isSet =
        reader.string(forKey: name, isSecret: true).map { !$0.isEmpty }
        ?? reader.stringArray(forKey: name).map { _ in true }
      return isSet.map { ($0, key) }
    }
    return found?.value == true
  }

  func number(_ key: String, in range: ClosedRange<Double>, or standard: Double) throws -> Double {
    try converted(key, standard, "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      SettingText.number(text, in: range)
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>, or standard: Int) throws -> Int {
    try converted(key, standard, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      SettingText.integer(text, in: range)
    }
  }

  func flag(_ key: String, or standard: Bool) throws -> Bool {
    try converted(key, standard, "true or false", SettingText.flag)
  }

  /// Empty for libpq's environment.
  var databaseURL: String {
    // The only setting whose variable lacks our prefix.
    let variable: (value: String, origin: String)? =
      ConfigReader(provider: EnvironmentVariablesProvider(secretsSpecifier: .all))
      .string(forKey: "database.url", isSecret: true).map { ($0, "environment DATABASE_URL") }
    let found =
      variable
      ?? find { reader, section in
        reader.string(forKey: ConfigKey([section, "database_url"].compactMap { $0 }), isSecret: true)
          .map { ($0, "database_url") }
      }
    let origin = found.flatMap { $0.value.isEmpty ? nil : $0.origin } ?? "environment of libpq (PGHOST, PGSERVICE, …)"
    remember("database_url", ConnectionSummary(found?.value ?? "").text, origin)
    return found?.value ?? ""
  }

  /// All tokens come from the first place that has one: the account's section, then the common values.
  var tokenSources: [Settings.TokenSource] {
    let found: (value: [Settings.TokenSource], origin: String)? = find { reader, section in
      func text(_ key: String) -> String? {
        reader.string(forKey: ConfigKey([section, key].compactMap { $0 }), isSecret: true)
          .flatMap { $0.isEmpty ? nil : $0 }
      }
      if let text = text("api_token") { return ([.text(text)], "api_token") }
      if let path = text("api_token_file") { return ([.file(path)], "api_token_file") }
      let paths = reader.stringArray(forKey: ConfigKey([section, "api_token_files"].compactMap { $0 })) ?? []
      return paths.isEmpty ? nil : (paths.map { .file($0) }, "api_token_files")
    }
    let shown = found?.value.map { source in
      switch source {
      case .text: "set, not shown"
      case .file(let path): path.hasPrefix("/") ? path : "a relative path, not shown"
      }
    }
    remember("api_token", shown?.joined(separator: ","), found?.origin)
    return found?.value ?? []
  }

  /// Searches the account's section in each place, then the common values in each place.
  ///
  /// - Parameter read: the value and the key that it was found under.
  private func find<Value>(
    _ read: (_ reader: ConfigReader, _ section: String?) -> (value: Value, key: String)?
  ) -> (value: Value, origin: String)? {
    for section in account == nil ? [nil] : [account, nil] {
      for place in places {
        if let (value, key) = read(place.reader, section) {
          return (value, place.name(of: key, section: section))
        }
      }
    }
    return nil
  }

  private func text(_ key: String, _ standard: String?) -> String? {
    // An empty value is the same as none.
    let found = find { reader, section in
      reader.string(forKey: ConfigKey([section, key].compactMap { $0 }), isSecret: true)
        .flatMap { $0.isEmpty ? nil : ($0, key) }
    }
    remember(key, found?.value ?? standard, found?.origin)
    return found?.value
  }

  private func converted<Value>(
    _ key: String, _ standard: Value, _ expected: String, _ convert: (String) -> Value?
  ) throws -> Value {
    guard let text = text(key, "\(standard)") else { return standard }
    guard let value = convert(text) else {
      // Not the value: it can be a secret that slipped into the wrong line.
      throw SettingError(
        "\(key) (FLEETIZE_\(key.uppercased())) must be \(expected)", hint: "correct it: \(latestOrigin)")
    }
    return value
  }

  /// A value that may be a secret given to the wrong setting is not shown.
  private static func shown(_ value: String, of key: String) -> String {
    if key == "api_url", value.contains(where: { "@?#".contains($0) }) { return "not shown: more than an address" }
    if value.contains(where: \.isWhitespace) { return "not shown: contains white space" }
    return value
  }

  private func remember(_ key: String, _ value: String?, _ origin: String?) {
    let name = [account, key].compactMap { $0 }.joined(separator: ".")
    // These two are shown as summaries already.
    let isSummary = ["api_token", "database_url"].contains(key)
    let shown = isSummary ? value : value.map { Self.shown($0, of: key) }
    log.used.append(UsedSetting(name: name, value: shown, origin: origin ?? "default"))
  }
}
