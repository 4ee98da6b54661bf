/// A type whose values can be statement parameters.
public protocol PostgresParameter: Sendable {
  var postgresParameter: PostgresParameterValue { get }

  /// The parameter for an array of such values: an SQL array unless the type overrides this, as bytes do.
  static func postgresParameter(array: [Self]) -> PostgresParameterValue
}

extension PostgresParameter {
  public static func postgresParameter(array: [Self]) -> PostgresParameterValue {
    .array(of: array.map(\.postgresParameter))
  }
}
