extension Connection {
  /// All rows of a query, held in memory.
  public func query(_ sql: SQL) throws -> [Row] {
    let result = try opened().result(of: Statement(sql))
    return (0..<result.rowCount).map { Row(result: result, index: Int32($0)) }
  }

  /// - Returns: the number of rows inserted, updated, deleted or selected; 0 for other statements.
  @discardableResult
  public func execute(_ sql: SQL) throws -> Int {
    try opened().result(of: Statement(sql)).affectedRows
  }

  /// Whether there is a table, view or index of that name.
  public func hasRelation(_ name: String) throws -> Bool {
    try query("select pg_catalog.to_regclass(\(name)) is not null as is_there")[0].decode("is_there")
  }

  /// Runs several statements without parameters, all or nothing unless the text itself begins or ends transactions.
  ///
  /// - Throws: ``PostgresError`` with the number of the statement and, if the server reports them, line and column.
  public func script(_ text: String) throws {
    _ = try opened().result(of: Statement(text, form: .script))
  }
}
