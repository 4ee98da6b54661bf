/// A type whose values can be parameters of a statement.
public protocol PostgresParameter: Sendable {
  var postgresParameter: PostgresParameterValue { get }

  /// What an array of such values is; an SQL array unless the type says otherwise, as bytes do.
  static func postgresParameter(array: [Self]) -> PostgresParameterValue
}

extension PostgresParameter {
  public static func postgresParameter(array: [Self]) -> PostgresParameterValue {
    .array(of: array.map(\.postgresParameter))
  }
}
