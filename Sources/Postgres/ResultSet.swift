import CLibpq

/// A libpq result, cleared when its last row is released.
final class ResultSet: @unchecked Sendable {
  // A PGresult is immutable, so any thread may read it.
  let result: OpaquePointer
  let columns: Columns

  /// Takes ownership of the result.
  init(_ result: OpaquePointer, statement: String) {
    self.result = result
    columns = Columns(of: result, statement: statement)
  }

  deinit { PQclear(result) }

  var rowCount: Int { Int(PQntuples(result)) }

  /// The number of rows that the statement affected.
  var affectedRows: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// The command that was executed, such as `INSERT 0 1`.
  var commandTag: String { String(cString: PQcmdStatus(result)) }

  func raw(row: Int32, column: Int32) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(result, row, column) == 0 else { return nil }
    return UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
  }
}

/// Names and types of a result's columns, shared by its rows.
final class Columns: Sendable {
  let names: [String]
  let types: [PostgresType]
  let statement: String
  private let positions: [String: Int]

  init(of result: OpaquePointer, statement: String) {
    let range = 0..<PQnfields(result)
    names = range.map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
    types = range.map { PostgresType(rawValue: PQftype(result, $0)) }
    positions = Dictionary(zip(names, names.indices)) { first, _ in first }
    self.statement = statement
  }

  func position(of name: String) -> Int? { positions[name] }
}
