/// A row of a query's result.
public struct Row: Sendable {
  let result: ResultSet
  let index: Int32

  public var columnNames: [String] { result.columns.names }

  /// The value of the first column of that name.
  ///
  /// - Throws: ``PostgresError`` of kind `.decode` that names column and type, or `.usage` if there is no such column.
  public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
    guard let position = result.columns.position(of: column) else {
      throw PostgresError(
        .usage, "the result has no column \"\(column)\"; its columns are \(columnNames.joined(separator: ", "))",
        statement: result.columns.statement)
    }
    return try decode(position, as: type)
  }

  /// The value of the column at a position, counted from 0.
  public func decode<Value: PostgresDecodable>(_ column: Int, as type: Value.Type = Value.self) throws -> Value {
    guard result.columns.names.indices.contains(column) else {
      throw PostgresError(
        .usage, "the result has no column \(column); it has \(columnNames.count)", statement: result.columns.statement)
    }
    let value = PostgresValue(
      column: result.columns.names[column], type: result.columns.types[column],
      raw: result.raw(row: index, column: Int32(column)), owner: result)
    do {
      return try Value(postgres: value)
    } catch let error as PostgresError {
      throw error
    } catch {
      throw value.failure("\(error)")
    }
  }
}
