/// A PostgreSQL type by its OID in the catalog `pg_type`.
public struct PostgresType: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Unspecified: the server infers the type from the context.
  public static let inferred = PostgresType(rawValue: 0)
  public static let bool = PostgresType(rawValue: 16)
  public static let bytea = PostgresType(rawValue: 17)
  public static let char = PostgresType(rawValue: 18)
  public static let name = PostgresType(rawValue: 19)
  public static let int8 = PostgresType(rawValue: 20)
  public static let int2 = PostgresType(rawValue: 21)
  public static let int4 = PostgresType(rawValue: 23)
  public static let text = PostgresType(rawValue: 25)
  public static let oid = PostgresType(rawValue: 26)
  public static let json = PostgresType(rawValue: 114)
  public static let xml = PostgresType(rawValue: 142)
  public static let float4 = PostgresType(rawValue: 700)
  public static let float8 = PostgresType(rawValue: 701)
  public static let unknown = PostgresType(rawValue: 705)
  public static let bpchar = PostgresType(rawValue: 1042)
  public static let varchar = PostgresType(rawValue: 1043)
  public static let date = PostgresType(rawValue: 1082)
  public static let timestamp = PostgresType(rawValue: 1114)
  public static let timestamptz = PostgresType(rawValue: 1184)
  public static let numeric = PostgresType(rawValue: 1700)
  public static let jsonb = PostgresType(rawValue: 3802)

  /// The lowest OID of user-defined types (enumerations, `citext`).
  static let firstUserDefined: UInt32 = 16384

  private static let names: [PostgresType: String] = [
    .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4",
    .text: "text", .oid: "oid", .json: "json", .xml: "xml", .float4: "float4", .float8: "float8",
    .unknown: "unknown", .bpchar: "char(n)", .varchar: "varchar", .date: "date",
    .timestamp: "timestamp", .timestamptz: "timestamptz", .numeric: "numeric",
    .jsonb: "jsonb", PostgresType(rawValue: 1083): "time", PostgresType(rawValue: 1186): "interval",
    PostgresType(rawValue: 2950): "uuid", PostgresType(rawValue: 1000): "bool[]",
    PostgresType(rawValue: 1001): "bytea[]",
    PostgresType(rawValue: 1005): "int2[]", PostgresType(rawValue: 1007): "int4[]",
    PostgresType(rawValue: 1009): "text[]", PostgresType(rawValue: 1015): "varchar[]",
    PostgresType(rawValue: 1016): "int8[]", PostgresType(rawValue: 1021): "float4[]",
    PostgresType(rawValue: 1022): "float8[]", PostgresType(rawValue: 1182): "date[]",
    PostgresType(rawValue: 1185): "timestamptz[]", PostgresType(rawValue: 1231): "numeric[]",
  ]
}

extension PostgresType: CustomStringConvertible {
  public var description: String { Self.names[self] ?? "type with OID \(rawValue)" }
}
