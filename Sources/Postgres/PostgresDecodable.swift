/// A type that a column's value can be read as.
///
/// NULL can only be read as `Optional`.
public protocol PostgresDecodable {
  /// - Throws: ``PostgresError`` of kind `.decode`; the value's own methods create errors that name column and type.
  init(postgres value: PostgresValue) throws

  /// Reads an array of such values: from an SQL array unless the type overrides this, as bytes do.
  static func postgresArray(_ value: PostgresValue) throws -> [Self]
}

extension PostgresDecodable {
  public static func postgresArray(_ value: PostgresValue) throws -> [Self] {
    try value.elements().map(Self.init(postgres:))
  }
}
