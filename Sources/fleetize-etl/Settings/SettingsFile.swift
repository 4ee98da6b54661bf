import Configuration
import Extract
import Glibc
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

  /// - Throws: ``SettingsError`` when the file cannot be read, is not a settings file, or holds a secret and is open to others.
  init(_ path: String) throws {
    self.path = path
    let (bytes, isOpenToOthers) = try Self.read(path)
    do throws(SettingsFileProblem) {
      let text = try Self.text(bytes)
      lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      try add(try Self.parse(text), to: [])
    } catch {
      throw isOpenToOthers ? Self.open(path, "cannot be checked for secrets (\(error))") : error.settingsError(in: path)
    }
    if isOpenToOthers, let secret { throw Self.open(path, "holds a secret (\(secret))") }
  }

  /// The key of a value that is a secret.
  private var secret: String? {
    values.compactMap { key, value -> String? in
      guard let name = key.components.last, case .string(let text) = value.content else { return nil }
      return switch name.lowercased().replacing("-", with: "_") {
      case "api_token": text.isEmpty ? nil : name
      case "database_url": ConnectionSummary(text).hasSecret ? name : nil
      default: nil
      }
    }.min()
  }

  private mutating func add(_ node: Node, to section: [String]) throws(SettingsFileProblem) {
    guard case .mapping(let mapping) = node else {
      throw SettingsFileProblem("the file is a list of \"name: value\" lines", at: node)
    }
    for (key, value) in mapping {
      guard case .scalar(let name) = key, isOnOneLine(name) else {
        throw SettingsFileProblem("a name must be plain text", at: key)
      }
      let components = section + [name.string]
      switch value {
      case .scalar(let scalar):
        values[AbsoluteConfigKey(components)] = ConfigValue(.string(try text(scalar)), isSecret: true)
      case .sequence(let list):
        var texts: [String] = []
        for item in list {
          guard case .scalar(let scalar) = item else {
            throw SettingsFileProblem("a list must hold plain values", at: item)
          }
          texts.append(try text(scalar))
        }
        values[AbsoluteConfigKey(components)] = ConfigValue(.stringArray(texts), isSecret: true)
      case .mapping:
        guard section.isEmpty else { throw SettingsFileProblem("a section must not hold another one", at: key) }
        try add(value, to: components)
      case .alias:
        throw SettingsFileProblem("an alias (*) is not supported", at: value)
      }
    }
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

  private static func read(_ path: String) throws(SettingsError) -> (bytes: [UInt8], isOpenToOthers: Bool) {
    func unreadable(_ why: String) -> SettingsError {
      SettingsError(
        description: "the settings file \(path) cannot be read: \(why)",
        hint: "--config must name a YAML file that the user of this program may read")
    }
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard file >= 0, fstat(file, &status) == 0 else { throw unreadable(String(cString: strerror(errno))) }
    defer { close(file) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable("it is a folder") }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(String(cString: strerror(errno))) }
      if count == 0 { return (bytes, FileAccess.isOpenToOthers(status)) }
      bytes += chunk[..<count]
      guard bytes.count <= maxBytes else { throw unreadable("it is larger than \(maxBytes) bytes") }
    }
  }

  private static func open(_ path: String, _ what: String) -> SettingsError {
    SettingsError(
      description: "the settings file \(path) is open to its group or to others and \(what)",
      hint: """
        let only its owner read it: chmod 600 '\(path)'. Or keep secrets elsewhere: api_token_file names a file for the token, \
        ~/.pgpass holds the password of the database
        """)
  }
}
