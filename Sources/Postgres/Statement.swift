/// SQL text to send, with the values of its parameters.
struct Statement {
  enum Form {
    /// One statement with bound parameters.
    case query
    /// Several statements without parameters; the text contains no values from outside.
    case script
    /// A COPY, whose values follow it.
    case copy
  }

  let text: String
  let parameters: [PostgresParameterValue]
  let form: Form

  init(_ sql: SQL) {
    text = sql.text
    parameters = sql.parameters
    form = .query
  }

  init(_ text: String, form: Form = .query) {
    self.text = text
    self.form = form
    parameters = []
  }

  /// SQLSTATEs whose message quotes the value that the server could not read.
  private static let quotingStates: Set<String> = [
    "22P02", "22P03", "22007", "22008", "22003", "22009", "22018", "22001",
  ]

  /// Removes quoted values from a server's message: in `invalid input syntax for type integer: "x"`, `$1` replaces "x".
  func redacted(_ message: String, sqlState: String?) -> String {
    guard form != .script else { return message }
    // By scalars: a combining accent forms one character with the quote before it.
    var message = message
    func hide(_ text: String, _ index: Int) {
      message.unicodeScalars.replace(text.unicodeScalars, with: "$\(index + 1)".unicodeScalars)
    }
    for (index, parameter) in parameters.enumerated() {
      guard case .text(let value) = parameter, !value.isEmpty else { continue }
      hide("\"\(value)\"", index)
      // A short value such as 1 could also match the message's own words.
      if value.utf8.count >= 8 { hide(value, index) }
    }
    if let sqlState, Self.quotingStates.contains(sqlState) { message = message.withoutQuotedText }
    return message
  }
}
