import Configuration
import Foundation
import Glibc
import Postgres
import SystemPackage
import Yams

/// A place that settings come from.
struct SettingPlace {
  let reader: ConfigReader
  /// The path of the file; nil for the environment.
  let file: String?

  static let environment = SettingPlace(
    reader: ConfigReader(provider: EnvironmentVariablesProvider(secretsSpecifier: .all).prefixKeys(with: "fleetize")),
    file: nil)

  /// - Throws: ``SettingsError`` when it cannot be read, or holds a secret and is open to others.
  static func file(_ path: String) async throws -> SettingPlace {
    try refuseOpenSecrets(in: path)
    do {
      return SettingPlace(
        reader: ConfigReader(provider: try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))), file: path)
    } catch {
      throw SettingsError(description: "the configuration file \(path) cannot be read: \(error)")
    }
  }

  /// How a person would find the setting in this place.
  func name(of key: String, section: String?) -> String {
    let parts = [section, key].compactMap { $0 }
    guard let file else { return "environment \((["fleetize"] + parts).joined(separator: "_").uppercased())" }
    return "file \(file): \(parts.joined(separator: "."))"
  }

  private static func refuseOpenSecrets(in path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & (S_IRWXG | S_IRWXO) != 0,
      let text = try? String(contentsOfFile: path, encoding: .utf8), let tree = try? Yams.load(yaml: text),
      let secret = secret(in: tree)
    else { return }
    throw SettingsError(
      description: "the configuration file \(path) holds a secret (\(secret)) and is open to its group or to others",
      hint: """
        let its owner alone read it: chmod 600 '\(path)'. Or keep the secret elsewhere: api_token_file names a file for the token, ~/.pgpass keeps the \
        password of the database
        """)
  }

  /// The first key, wherever in the file, that is given a token or a password of the database.
  private static func secret(in tree: Any) -> String? {
    switch tree {
    case let list as [Any]:
      return list.lazy.compactMap { secret(in: $0) }.first
    case let section as [AnyHashable: Any]:
      let entries = section.map { ("\($0.key)", $0.value) }.sorted { $0.0 < $1.0 }
      for (key, value) in entries {
        if let deeper = secret(in: value) { return deeper }
        let isSecret =
          switch key.lowercased().replacing("-", with: "_") {
          case "api_token": !(value is NSNull) && "\(value)" != ""
          case "database_url": ConnectionSummary("\(value)").hasSecret
          default: false
          }
        if isSecret { return key }
      }
      return nil
    default:
      return nil
    }
  }
}
