/// The statements that a session repeats. They are prepared after some repetitions, because the server takes longer to plan most of them
/// than to execute them.
struct RepeatedStatements {
  /// How a statement is sent.
  enum Way {
    case whole
    /// Only parsed, under this name.
    case prepare(String)
    /// By this name.
    case prepared(String)
  }

  private struct Key: Hashable {
    let text: String
    let types: [PostgresType]

    init(_ statement: Statement) {
      text = statement.text
      types = statement.parameters.map { if case .binary(_, let type) = $0 { type } else { .inferred } }
    }
  }

  /// How often a statement is sent in full.
  private static let threshold = 5

  private var counts: [Key: Int] = [:]
  private var names: [Key: String] = [:]

  mutating func way(of statement: Statement) -> Way {
    guard statement.form == .query else { return .whole }
    let key = Key(statement)
    if let name = names[key] { return .prepared(name) }
    counts[key, default: 0] += 1
    return counts[key, default: 0] > Self.threshold ? .prepare("repeated_\(names.count + 1)") : .whole
  }

  mutating func notePrepared(_ statement: Statement, as name: String) { names[Key(statement)] = name }
}
