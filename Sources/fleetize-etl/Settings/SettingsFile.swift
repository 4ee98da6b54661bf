import Configuration
import Extract
import Postgres
import Yams

/// A YAML file with settings, read once.
///
/// No message quotes its content: a slip can turn any part of a line into a token or a password.
struct SettingsFile {
  /// Of one value, or of a list; of an account's section below its name.
  private(set) var values: [AbsoluteConfigKey: ConfigValue] = [:]
  private let path: String
  private let lines: [Substring]

  private static let maxBytes = 1 << 20

  /// - Parameter accounts: named elsewhere; a section is an account of these or of the file's own `accounts`.
  /// - Throws: ``SettingError`` when the file cannot be read, is not a settings file, or holds a secret and is open to others.
  init(_ path: String, accounts: [String] = []) throws {
    self.path = path
    let file = try Self.read(path)
    do throws(SettingsFileProblem) {
      let text = try Self.text(file.bytes)
      lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      let root = try Self.parse(text)
      let ownAccounts = root["accounts"]?.sequence?.compactMap(\.string) ?? []
      try add(root, to: nil, accounts: accounts + ownAccounts)
    } catch {
      guard let exposure = file.exposure else { throw error.settingsError(in: path) }
      throw Self.exposed(path, "cannot be checked for secrets (\(error))", exposure)
    }
    if let exposure = file.exposure, let secret { throw Self.exposed(path, "contains a secret (\(secret))", exposure) }
  }

  /// The key of a value that is a secret.
  private var secret: String? {
    values.compactMap { key, value -> String? in
      guard let name = key.components.last, case .string(let text) = value.content else { return nil }
      return switch SettingName(rawValue: name) {
      case .apiToken: text.isEmpty ? nil : name
      case .databaseURL: ConnectionSummary(text).hasSecret ? name : nil
      default: nil
      }
    }.min()
  }

  private mutating func add(
    _ node: Node, to section: String?, accounts: [String]
  ) throws(SettingsFileProblem) {
    guard case .mapping(let mapping) = node else {
      throw SettingsFileProblem("the file must consist of \"name: value\" lines", at: node)
    }
    for (key, value) in mapping {
      guard case .scalar(let name) = key, isOnOneLine(name) else {
        throw SettingsFileProblem("a name must be plain text", at: key)
      }
      if case .mapping = value, section == nil, accounts.contains(name.string) {
        try add(value, to: name.string, accounts: accounts)
        continue
      }
      let setting = try Self.setting(name.string, key, value, inSection: section != nil)
      values[AbsoluteConfigKey([section, name.string].compactMap(\.self))] = ConfigValue(
        try content(of: value, setting, key), isSecret: true)
    }
  }

  private func content(
    of value: Node, _ setting: SettingName, _ key: Node
  ) throws(SettingsFileProblem) -> ConfigContent {
    switch value {
    case .scalar(let scalar):
      let text = try text(scalar)
      if setting.isList, !text.isEmpty {
        throw SettingsFileProblem("\(setting.rawValue) must be a list, such as [one, two]", at: key)
      }
      return setting.isList ? .stringArray([]) : .string(text)
    case .sequence(let list) where setting.isList:
      var texts: [String] = []
      for item in list {
        guard case .scalar(let scalar) = item else {
          throw SettingsFileProblem("a list must contain plain values", at: item)
        }
        texts.append(try text(scalar))
      }
      return .stringArray(texts)
    default:
      throw SettingsFileProblem("\(setting.rawValue) must be a single value", at: key)
    }
  }

  /// - Throws: A problem that names the nearest setting, but not the name in the file, which can be a secret.
  private static func setting(
    _ name: String, _ key: Node, _ value: Node, inSection: Bool
  ) throws(SettingsFileProblem) -> SettingName {
    let setting = SettingName(rawValue: name)
    if let setting, !inSection || setting.isOfAccount { return setting }
    if let setting {
      throw SettingsFileProblem(
        "\(setting.rawValue) cannot be set per account", at: key, hint: "move it out of the section")
    }
    let known = SettingName.allCases.filter { !inSection || $0.isOfAccount }.map(\.rawValue)
    let right = nearest(to: name, in: known)
    if case .mapping = value, right == nil {
      throw SettingsFileProblem(
        "this section is not an account of `accounts`", at: key, hint: "add its name to `accounts`, or correct it")
    }
    throw SettingsFileProblem(
      "unknown setting", at: key,
      hint: right.map { "did you mean \($0)?" } ?? "`fleetize-etl config example` lists all settings")
  }

  private func text(_ scalar: Node.Scalar) throws(SettingsFileProblem) -> String {
    guard isOnOneLine(scalar) else {
      throw SettingsFileProblem("a value must be on one line, without an anchor (&) or a tag (!)", at: .scalar(scalar))
    }
    let isNull = scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
    return isNull ? "" : scalar.string
  }

  /// Whether the value ends where its line does: a forgotten quote makes it swallow the next lines, with their secrets.
  private func isOnOneLine(_ scalar: Node.Scalar) -> Bool {
    guard let mark = scalar.mark, lines.indices.contains(mark.line - 1) else { return false }
    let source = String(String.UnicodeScalarView(lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)))
    switch scalar.style {
    case .plain, .any: return source.hasPrefix(scalar.string) && source.first != "&" && source.first != "!"
    case .singleQuoted: return source.hasPrefix("'\(scalar.string.replacing("'", with: "''"))'")
    case .doubleQuoted: return source.prefixMatch(of: #/"([^"\\]|\\.)*"/#) != nil
    case .literal, .folded: return false
    }
  }

  private static func parse(_ text: String) throws(SettingsFileProblem) -> Node {
    do {
      // A file of comments alone has no settings.
      return try Yams.Parser(yaml: text).singleRoot() ?? Node.mapping([:])
    } catch let error as YamlError {
      throw SettingsFileProblem(error, in: text)
    } catch {
      throw SettingsFileProblem("the file is not YAML", line: 1, column: 1)
    }
  }

  private static func text(_ bytes: [UInt8]) throws(SettingsFileProblem) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let valid = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\u{FFFD}" }
    throw SettingsFileProblem("the file is not UTF-8 text", in: String(valid), offset: valid.count)
  }

  private static func read(_ path: String) throws(SettingError) -> SecretFile {
    do throws(SecretFile.Failure) {
      return try SecretFile(path, maxBytes: maxBytes)
    } catch {
      throw SettingError(
        "the settings file \(path) cannot be read: \(error)",
        hint: "--config or FLEETIZE_CONFIG must name a YAML file that the user of this program may read")
    }
  }

  private static func exposed(_ path: String, _ what: String, _ exposure: SecretFile.Exposure) -> SettingError {
    SettingError(
      "the settings file \(path) is open to its group or to others and \(what)",
      hint:
        "\(exposure.hint). Or keep secrets elsewhere: the token in api_token_file, the password of the database in ~/.pgpass"
    )
  }
}
