extension PostgresError: CustomStringConvertible {
  /// All parts that cannot quote stored values.
  public var description: String {
    var text = message
    if let sqlState { text += " (SQLSTATE \(sqlState))" }
    let names = [
      schema.map { "schema \($0)" }, table.map { "table \($0)" }, column.map { "column \($0)" },
      constraint.map { "constraint \($0)" }, copyRow.map { "COPY row \($0)" },
    ].compactMap { $0 }
    if !names.isEmpty { text += "; " + names.joined(separator: ", ") }
    if let position { text += "; line \(position.line), column \(position.column)" }
    if let statementNumber { text += "; statement \(statementNumber) of the script" }
    if let statement { text += "; in: \(Self.shortened(statement))" }
    if let hint { text += "; hint: \(hint)" }
    return text
  }

  /// On one line, at most 200 characters.
  private static func shortened(_ statement: String) -> String {
    let line = statement.onOneLine
    return line.count <= 200 ? line : line.prefix(199) + "…"
  }
}
