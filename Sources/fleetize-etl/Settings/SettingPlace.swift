import Configuration

/// A source of settings.
struct SettingPlace {
  let reader: ConfigReader
  /// The path of the file; nil for the environment.
  let file: String?

  static let environment = SettingPlace(
    reader: ConfigReader(provider: EnvironmentVariablesProvider(secretsSpecifier: .all).prefixKeys(with: "fleetize")),
    file: nil)

  /// - Throws: ``SettingError`` when it cannot be read, or holds a secret and is open to others.
  static func file(_ path: String, accounts: [String]) throws -> SettingPlace {
    let values = try SettingsFile(path, accounts: accounts).values
    return SettingPlace(reader: ConfigReader(provider: InMemoryProvider(values: values)), file: path)
  }

  /// Where a person finds the setting.
  func name(of key: String, section: String?) -> String {
    let parts = [section, key].compactMap { $0 }
    guard let file else { return "environment \((["fleetize"] + parts).joined(separator: "_").uppercased())" }
    return "file \(file): \(parts.joined(separator: "."))"
  }
}
