import FoundationEssentials

extension Bool: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.bool() }
}

extension Int16: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.integer(as: Int16.self) }
}

extension Int32: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.integer(as: Int32.self) }
}

extension Int64: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.integer() }
}

extension Int: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.integer(as: Int.self) }
}

extension Double: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.double() }
}

extension String: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.text() }
}

extension Date: PostgresDecodable {
  /// From `timestamptz`.
  public init(postgres value: PostgresValue) throws { self = try value.date() }
}

extension UInt8: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try value.integer(as: UInt8.self) }

  /// From `bytea`.
  public static func postgresArray(_ value: PostgresValue) throws -> [UInt8] { try value.bytes() }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = try Element.postgresArray(value) }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  public init(postgres value: PostgresValue) throws { self = value.isNull ? nil : try Wrapped(postgres: value) }
}
