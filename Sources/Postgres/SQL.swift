/// An SQL statement as a string literal. Interpolated values become bound parameters, never text.
///
/// ```swift
/// try connection.execute("delete from warehouse.route where device_key = \(key) and day = \(day)")
/// ```
///
/// The server infers the type of a parameter from its context; where it cannot, write a cast: `\(ids)::int8[]`. Interpolate
/// a variable name with `\(identifier:)`; another ``SQL`` is inserted together with its parameters.
public struct SQL: ExpressibleByStringInterpolation, Sendable {
  private var literals: [String]
  /// In order: `$1`, `$2`…
  public private(set) var parameters: [PostgresParameterValue]

  public init(stringLiteral value: String) {
    literals = [value]
    parameters = []
  }

  public init(stringInterpolation: StringInterpolation) {
    self = stringInterpolation.sql
  }

  /// Uses the text as it is. Never pass text with a value from outside.
  public init(unescaped text: String) {
    self.init(stringLiteral: text)
  }

  /// What the server receives, with `$1`, `$2`… in place of values.
  public var text: String {
    var text = literals[0]
    for (index, literal) in literals.dropFirst().enumerated() {
      text += "$\(index + 1)\(literal)"
    }
    return text
  }

  public static func + (left: SQL, right: SQL) -> SQL {
    var sum = left
    sum.append(right)
    return sum
  }

  private mutating func append(literal: String) {
    literals[literals.count - 1] += literal
  }

  private mutating func append(_ parameter: PostgresParameterValue) {
    parameters.append(parameter)
    literals.append("")
  }

  private mutating func append(_ sql: SQL) {
    append(literal: sql.literals[0])
    literals += sql.literals.dropFirst()
    parameters += sql.parameters
  }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql: SQL = ""

    public init(literalCapacity: Int, interpolationCount: Int) {}

    public mutating func appendLiteral(_ literal: String) {
      sql.append(literal: literal)
    }

    public mutating func appendInterpolation(_ value: some PostgresParameter) {
      sql.append(value.postgresParameter)
    }

    /// Nil becomes NULL.
    public mutating func appendInterpolation<Value: PostgresParameter>(_ value: Value?) {
      sql.append(value.postgresParameter)
    }

    /// Inserts a part of a statement with its parameters.
    public mutating func appendInterpolation(_ part: SQL) {
      sql.append(part)
    }

    /// Inserts the name of a table, column, role…, quoted.
    public mutating func appendInterpolation(identifier name: String) {
      let parts = name.unicodeScalars.split(separator: "\"", omittingEmptySubsequences: false).map { String($0) }
      sql.append(literal: "\"\(parts.joined(separator: "\"\""))\"")
    }

    /// Inserts text as it is. Never pass a value from outside.
    public mutating func appendInterpolation(unescaped text: String) {
      sql.append(literal: text)
    }
  }
}

extension SQL: CustomStringConvertible, CustomDebugStringConvertible {
  /// The text without the values.
  public var description: String { text }
  public var debugDescription: String { text }
}
