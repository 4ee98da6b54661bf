import Extract
import Yams

/// Where a settings file is wrong, and how; never what it says there.
struct SettingsFileProblem: Error, CustomStringConvertible {
  private let problem: String
  /// From 1.
  private let line: Int
  private let column: Int
  private let hint: String

  init(_ problem: String, line: Int, column: Int, hint: String = "correct this line") {
    self.problem = problem
    self.line = line
    self.column = column
    self.hint = hint
  }

  init(_ problem: String, at node: Node, hint: String = "correct this line") {
    self.init(problem, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, hint: hint)
  }

  /// - Parameter offset: in characters.
  init(_ problem: String, in text: String, offset: Int) {
    let lines = text.prefix(offset).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    self.init(problem, line: lines.count, column: (lines.last?.count ?? 0) + 1)
  }

  /// The descriptions of `error` hold whole lines of the file; its problems are fixed texts of the parser.
  init(_ error: YamlError, in text: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(
        problem, line: mark.line, column: mark.column,
        hint: "correct this line: indent with spaces, and put a value with special characters into single quotes")
    case .reader(let problem, let offset, _, _):
      self.init(problem, in: text, offset: offset ?? 0)
    case .duplicatedKeysInMapping(_, let context):
      self.init(
        "a name occurs twice in the same section", line: context.mark.line, column: context.mark.column,
        hint: "remove one of the two lines")
    default:
      self.init("the file is not YAML", line: 1, column: 1)
    }
  }

  var description: String { "line \(line), column \(column): \(problem)" }

  func settingsError(in path: String) -> SettingError {
    SettingError("the settings file \(path) is wrong: \(self)", hint: hint)
  }
}
