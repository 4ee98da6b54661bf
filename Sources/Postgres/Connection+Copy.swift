import CLibpq

extension Connection {
  /// Streams rows into a table in binary format, in its own transaction unless one is open.
  ///
  /// ```swift
  /// try connection.copyIn("copy warehouse.route_point (device_key, seq) from stdin (format binary)") { rows in
  ///   try rows.beginRow(columns: 2)
  ///   rows.int32(key)
  ///   rows.int32(1)
  /// }
  /// ```
  ///
  /// If `body` throws, no rows are stored.
  ///
  /// - Returns: the number of rows stored.
  /// - Throws: what `body` throws; ``PostgresError`` of kind `.copyMismatch` if the server stored a different number of rows
  ///   than were sent, as a trigger or `where` can cause. Nothing is stored then.
  @discardableResult
  public func copyIn(_ sql: String, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
    guard try isInTransaction else {
      return try transaction { try copyIn(sql, body) }
    }
    let handle = try opened()
    let statement = Statement(sql, form: .copy)
    return try handle.perform(statement) { try handle.copyIn(statement, body) }
  }
}

extension Handle {
  fileprivate func copyIn(_ statement: Statement, _ body: (inout CopyWriter) throws -> Void) throws -> Int {
    try beginCopy(statement)
    var writer = CopyWriter(handle: self, statement: statement)
    do {
      try body(&writer)
      try writer.finish()
      try putCopyEnd(reason: nil, statement)
    } catch {
      throw abort(statement, after: error)
    }
    let stored = try finish(statement, isCancellable: true).affectedRows
    guard stored == writer.rowCount else {
      throw PostgresError(
        .copyMismatch, "\(writer.rowCount) rows were sent, but \(stored) were stored", statement: statement.text)
    }
    return stored
  }

  private func beginCopy(_ statement: Statement) throws {
    let first = nextResult(isCancellable: true)
    guard let first, PQresultStatus(first) == PGRES_COPY_IN else {
      try finish(statement, first: first, isCancellable: true)
      throw PostgresError(.usage, "the statement is not a COPY from stdin", statement: statement.text)
    }
    defer { PQclear(first) }
    guard PQbinaryTuples(first) == 1 else {
      let error = PostgresError(.usage, "the COPY is not (format binary)", statement: statement.text)
      throw abort(statement, after: error)
    }
  }

  /// Ends the COPY without storing its rows.
  ///
  /// - Returns: the error to throw: the server's own if it explains a lost connection.
  private func abort(_ statement: Statement, after error: any Error) -> any Error {
    do {
      try? putCopyEnd(reason: "the client gave up the COPY", statement)
      try finish(statement, isCancellable: true)
    } catch let last as PostgresError {
      if last.isConnectionLost, (error as? PostgresError)?.isConnectionLost == true { return last }
    } catch {
      // The server confirms the end of the COPY with an error.
    }
    return error
  }
}
