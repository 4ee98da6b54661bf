import CLibpq

extension Connection {
  /// All rows of a query, in memory at once.
  public func query(_ sql: SQL) throws -> [Row] {
    let result = try opened().result(of: Statement(sql))
    return (0..<result.rowCount).map { Row(result: result, index: Int32($0)) }
  }

  /// Rows that were inserted, updated, deleted or selected; 0 for other statements.
  @discardableResult
  public func execute(_ sql: SQL) throws -> Int {
    try opened().result(of: Statement(sql)).affectedRows
  }

  /// Several statements without parameters, all or nothing unless the text says otherwise.
  ///
  /// - Throws: ``PostgresError`` with the number of the statement and, where the server knows, line and column.
  public func script(_ text: String) throws {
    _ = try opened().result(of: Statement(text, form: .script))
  }

  /// Hands the rows to `body` one by one as they come, in flat memory.
  ///
  /// A throw of `body` ends the query. No other statement is possible on this connection meanwhile.
  public func stream(_ sql: SQL, _ body: (Row) throws -> Void) throws {
    let handle = try opened()
    let statement = Statement(sql)
    try handle.perform(statement) {
      guard PQsetSingleRowMode(handle.connection) == 1 else {
        throw PostgresError(.usage, "libpq refuses to stream", statement: statement.text)
      }
      try handle.stream(statement, body)
    }
  }
}

extension Handle {
  fileprivate func stream(_ statement: Statement, _ body: (Row) throws -> Void) throws {
    var columns: Columns?
    var failure: (any Error)?
    while let result = nextResult(isCancellable: true) {
      switch PQresultStatus(result) {
      case PGRES_SINGLE_TUPLE:
        let set = ResultSet(result, columns: columns, statement: statement.text)
        columns = set.columns
        guard failure == nil else { continue }
        do {
          guard !cancelWasSent else { throw cancelled(statement) }
          try body(Row(result: set, index: 0))
        } catch {
          failure = error
          cancelStatement()
        }
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: PQclear(result)
      default:
        do {
          try finish(statement, first: result, isCancellable: true)
        } catch {
          failure = failure ?? error
        }
      }
    }
    if let failure { throw failure }
    if isLost { throw lost(statement) }
  }
}
