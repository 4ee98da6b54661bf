import CLibpq

extension PostgresError {
  /// The fields of an error message by their code in the protocol.
  private enum Field: Character {
    case sqlState = "C"
    case message = "M"
    case detail = "D"
    case hint = "H"
    case position = "P"
    case context = "W"
    case schema = "s"
    case table = "t"
    case column = "c"
    case dataType = "d"
    case constraint = "n"
  }

  /// Reads an error from the server.
  init(result: OpaquePointer, to statement: Statement) {
    func field(_ field: Field) -> String? {
      PQresultErrorField(result, Int32(field.rawValue.asciiValue ?? 0)).map { String(cString: $0) }
    }
    let sqlState = field(.sqlState)
    let message = field(.message) ?? String(cString: PQresultErrorMessage(result)).onOneLine
    self.init(
      Self.meansLostConnection(sqlState) ? .connectionLost : .server,
      statement.redacted(message, sqlState: sqlState), hint: field(.hint), statement: statement.text)
    self.sqlState = sqlState
    detail = field(.detail)
    context = field(.context)
    schema = field(.schema)
    table = field(.table)
    column = field(.column)
    dataType = field(.dataType)
    constraint = field(.constraint)
    position = field(.position).flatMap { Int($0) }.flatMap { Position(of: $0, in: statement.text) }
    copyRow = context.flatMap(Self.copyRow)
  }

  /// Class 08 holds connection exceptions; 57P01 to 57P03 mean that the server is shutting down or not ready.
  private static func meansLostConnection(_ sqlState: String?) -> Bool {
    guard let sqlState else { return false }
    return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(sqlState)
  }

  /// Parses a context such as `COPY point, line 17, column speed`.
  private static func copyRow(context: String) -> Int? {
    for line in context.split(separator: "\n") where line.hasPrefix("COPY ") {
      guard let start = line.firstRange(of: ", line ") else { continue }
      return Int(line[start.upperBound...].prefix(while: \.isNumber))
    }
    return nil
  }
}

extension PostgresError.Position {
  /// - Parameter offset: in characters, counted from 1.
  init?(of offset: Int, in statement: String) {
    guard offset > 0 else { return nil }
    line = 1
    column = 1
    for character in statement.unicodeScalars.prefix(offset - 1) {
      if character == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
  }
}
