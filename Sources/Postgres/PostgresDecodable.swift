/// A type that a column's value can be read as.
///
/// Read `NULL` as `Optional`; for every other type it is an error.
public protocol PostgresDecodable {
  /// - Throws: ``PostgresError`` of kind `.decode`, best made by the value's own methods, which name column and type.
  init(postgres value: PostgresValue) throws

  /// What an array of such values is read from; an SQL array unless the type says otherwise, as bytes do.
  static func postgresArray(_ value: PostgresValue) throws -> [Self]
}

extension PostgresDecodable {
  public static func postgresArray(_ value: PostgresValue) throws -> [Self] {
    try value.elements().map(Self.init(postgres:))
  }
}
