/// The value of a statement parameter.
public enum PostgresParameterValue: Hashable, Sendable {
  case null
  /// As written between quotes in SQL.
  case text(String)
  /// In the binary format of `type`; with `.inferred`, the context must require exactly this type.
  case binary([UInt8], as: PostgresType = .inferred)
  /// PostgreSQL cannot represent the value, for this reason; the statement fails before it is sent.
  case unrepresentable(String)

  /// `unscaled` divided by 10 to the power of `scale`: 1234 with scale 3 is 1.234.
  public static func numeric(unscaled: Int64, scale: Int) -> Self {
    guard scale > 0 else { return .text(String(unscaled) + String(repeating: "0", count: -scale)) }
    let digits = String(unscaled.magnitude)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    return .text("\(unscaled < 0 ? "-" : "")\(padded.dropLast(scale)).\(padded.suffix(scale))")
  }
}

extension PostgresParameterValue {
  /// A one-dimensional array of elements of the same type.
  static func array(of elements: [PostgresParameterValue]) -> Self {
    for case .unrepresentable(let why) in elements { return .unrepresentable(why) }
    for case .binary(_, let type) in elements { return binaryArray(of: elements, type: type) }
    // Byte by byte: a combining accent forms one character with the quote before it.
    var list = [UInt8(ascii: "{")]
    for element in elements {
      if list.count > 1 { list.append(UInt8(ascii: ",")) }
      guard case .text(let text) = element else {
        list += "NULL".utf8
        continue
      }
      list.append(UInt8(ascii: "\""))
      for byte in text.utf8 {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { list.append(UInt8(ascii: "\\")) }
        list.append(byte)
      }
      list.append(UInt8(ascii: "\""))
    }
    list.append(UInt8(ascii: "}"))
    return .text(String(decoding: list, as: UTF8.self))
  }

  /// Layout: dimensions, has-null flag, element type, length, lower bound, then each element preceded by its length.
  private static func binaryArray(of elements: [PostgresParameterValue], type: PostgresType) -> Self {
    var bytes: [UInt8] = []
    func append(_ value: Int32) { withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) } }
    append(1)
    append(elements.contains(.null) ? 1 : 0)
    append(Int32(bitPattern: type.rawValue))
    append(Int32(elements.count))
    append(1)
    for element in elements {
      guard case .binary(let item, _) = element else {
        append(-1)
        continue
      }
      append(Int32(item.count))
      bytes += item
    }
    return .binary(bytes)
  }
}
