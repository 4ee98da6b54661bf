/// An SQL text on its way to the server, with the values of its parameters.
struct Statement {
  enum Form {
    /// One statement with bound parameters.
    case query
    /// Several statements, no parameters; the text is ours.
    case script
    /// A COPY, whose values travel after it.
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

  /// States whose message quotes the value that the server could not read.
  private static let quotingStates: Set<String> = [
    "22P02", "22P03", "22007", "22008", "22003", "22009", "22018", "22001",
  ]

  /// A server's message without the values that it quotes: `invalid input syntax for type integer: "x"` gets `$1` for "x".
  func redacted(_ message: String, sqlState: String?) -> String {
    guard form != .script else { return message }
    // Not by characters: an accent makes one of itself and the quote before it.
    var message = message
    func hide(_ text: String, _ index: Int) {
      message.unicodeScalars.replace(text.unicodeScalars, with: "$\(index + 1)".unicodeScalars)
    }
    for (index, parameter) in parameters.enumerated() {
      guard case .text(let value) = parameter, !value.isEmpty else { continue }
      hide("\"\(value)\"", index)
      // A short one, such as 1, would hit words of the message itself.
      if value.utf8.count >= 8 { hide(value, index) }
    }
    if let sqlState, Self.quotingStates.contains(sqlState) { message = message.withoutQuotedText }
    return message
  }
}
