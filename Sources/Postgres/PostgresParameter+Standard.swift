import FoundationEssentials

extension Bool: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(self ? "true" : "false") }
}

extension Int16: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }
}

extension Int32: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }
}

extension Int64: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }
}

extension Int: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }
}

extension Double: PostgresParameter {
  /// The shortest text that reads back as the same number.
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }
}

extension String: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(self) }
}

extension Date: PostgresParameter {
  /// `timestamptz`, rounded to the microsecond.
  public var postgresParameter: PostgresParameterValue {
    guard let microseconds = Timestamp(self)?.microseconds else {
      return .unrepresentable("a date is outside the range of timestamptz")
    }
    return .binary(withUnsafeBytes(of: microseconds.bigEndian) { Array($0) }, as: .timestamptz)
  }
}

extension UInt8: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { .text(String(self)) }

  /// `bytea`.
  public static func postgresParameter(array: [UInt8]) -> PostgresParameterValue { .binary(array, as: .bytea) }
}

extension Array: PostgresParameter where Element: PostgresParameter {
  /// An SQL array, or a `bytea` for bytes.
  public var postgresParameter: PostgresParameterValue { Element.postgresParameter(array: self) }
}

extension Optional: PostgresParameter where Wrapped: PostgresParameter {
  public var postgresParameter: PostgresParameterValue { self?.postgresParameter ?? .null }
}
