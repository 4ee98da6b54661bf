import FoundationEssentials

/// One field of a row in the server's binary format.
///
/// Each method throws ``PostgresError`` of kind `.decode`, which names column and type, if the value is NULL or has another
/// type. None of them rounds or truncates, except ``double()`` for a `numeric`.
public struct PostgresValue {
  /// The column's name.
  public let column: String
  public let type: PostgresType
  /// Nil for NULL; valid while ``owner`` is alive.
  let raw: UnsafeRawBufferPointer?
  let owner: ResultSet

  public var isNull: Bool { raw == nil }

  /// From `int2`, `int4`, `int8`, `oid`, and from a `numeric` without decimals.
  public func integer() throws -> Int64 {
    switch type {
    case .int2: Int64(try load(Int16.self))
    case .int4: Int64(try load(Int32.self))
    case .int8: try load(Int64.self)
    case .oid: Int64(try load(UInt32.self))
    case .numeric: try numeric(scale: 0)
    default: throw mismatch("an integer")
    }
  }

  /// As ``integer()``, if the value fits.
  public func integer<Integer: FixedWidthInteger>(as _: Integer.Type) throws -> Integer {
    let value = try integer()
    guard let fitting = Integer(exactly: value) else { throw failure("a value does not fit into \(Integer.self)") }
    return fitting
  }

  /// From `float4`, `float8` and `numeric`, the last one rounded to the nearest.
  public func double() throws -> Double {
    switch type {
    case .float8: Double(bitPattern: try load(UInt64.self))
    case .float4: Double(Float(bitPattern: try load(UInt32.self)))
    case .numeric: try numericAsDouble()
    default: throw mismatch("a Double")
    }
  }

  public func bool() throws -> Bool {
    guard type == .bool else { throw mismatch("a Bool") }
    return try load(UInt8.self) != 0
  }

  /// From text types, `json`, `jsonb`, enumerations and other user-defined types whose binary format is text.
  public func text() throws -> String {
    var bytes = try content()
    switch type {
    case .text, .varchar, .bpchar, .name, .char, .json, .xml, .unknown: break
    // A byte with the format version precedes the text.
    case .jsonb: bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    case let type where type.rawValue >= PostgresType.firstUserDefined: break
    default: throw mismatch("a String", hint: "cast the column to text")
    }
    guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw mismatch("a String") }
    return text
  }

  /// From `bytea`.
  public func bytes() throws -> [UInt8] {
    guard type == .bytea else { throw mismatch("bytes") }
    return Array(try content())
  }

  /// From `timestamptz`, to the microsecond.
  public func date() throws -> Date {
    guard type == .timestamptz else {
      throw mismatch("a Date", hint: type == .timestamp ? "convert it: column at time zone 'UTC'" : nil)
    }
    guard let date = Timestamp(microseconds: try load(Int64.self)).date else { throw failure("infinity is not a Date") }
    return date
  }

  /// From `date`: days since 1970-01-01.
  public func daysSince1970() throws -> Int32 {
    guard type == .date else { throw mismatch("a day") }
    let since2000 = try load(Int32.self)
    guard since2000 != .max, since2000 != .min else { throw failure("infinity is not a day") }
    return since2000 + 10_957
  }

  /// The binary form of a value of any type.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    try withExtendedLifetime(owner) { try body(try content()) }
  }

  /// The error to throw if the column's type cannot be read as `wanted`.
  public func mismatch(_ wanted: String, hint: String? = nil) -> PostgresError {
    failure("the value cannot be read as \(wanted)", hint: hint)
  }

  /// The error to throw if the value cannot be read; it does not contain the value.
  public func failure(_ what: String, hint: String? = nil) -> PostgresError {
    var error = PostgresError(
      .decode, "column \"\(column)\" (\(type)): \(what)", hint: hint, statement: owner.columns.statement)
    error.dataType = type.description
    return error
  }
}

extension PostgresValue {
  func content() throws -> UnsafeRawBufferPointer {
    guard let raw else { throw failure("NULL where a value is required", hint: "decode it as Optional") }
    return raw
  }

  func load<Integer: FixedWidthInteger>(_: Integer.Type) throws -> Integer {
    let bytes = try content()
    guard bytes.count == MemoryLayout<Integer>.size else {
      throw failure("\(bytes.count) bytes are not its binary form")
    }
    return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
  }

  /// The elements of a one-dimensional array.
  func elements() throws -> [PostgresValue] {
    let bytes = try content()
    var offset = 0
    func next() throws -> Int32 {
      guard offset + 4 <= bytes.count else { throw mismatch("an array") }
      defer { offset += 4 }
      return Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }
    guard type.description.hasSuffix("[]") || type.rawValue >= PostgresType.firstUserDefined else {
      throw mismatch("an array")
    }
    let dimensions = try next()
    guard dimensions <= 1, dimensions >= 0 else { throw failure("an array of \(dimensions) dimensions") }
    _ = try next()
    let elementType = PostgresType(rawValue: UInt32(bitPattern: try next()))
    guard dimensions == 1 else { return [] }
    let count = try next()
    _ = try next()
    return try (0..<count).map { _ in
      let size = Int(try next())
      guard size >= 0 else { return PostgresValue(column: column, type: elementType, raw: nil, owner: owner) }
      guard offset + size <= bytes.count else { throw mismatch("an array") }
      defer { offset += size }
      let item = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
      return PostgresValue(column: column, type: elementType, raw: item, owner: owner)
    }
  }
}
