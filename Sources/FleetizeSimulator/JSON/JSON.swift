/// JSON as written: keys keep their order, numbers and strings their exact characters.
///
/// Independent of the exporter's JSON reader, so that each can expose errors of the other.
enum JSON: Hashable, Sendable {
  case object([Member])
  case array([JSON])
  /// A number, string, `true`, `false` or `null`, as in the text.
  case literal([UInt8])

  struct Member: Hashable, Sendable {
    /// Between the quotes, escapes as in the text.
    var key: String
    var value: JSON
  }

  static let null = literal(Array("null".utf8))

  static func number(_ value: Int) -> JSON { literal(Array(String(value).utf8)) }

  /// Null if absent, as the vendor writes unknown values.
  static func number(_ value: Int?) -> JSON { value.map { number($0) } ?? .null }

  /// One decimal, or none if it is zero, as PHP prints a float.
  static func tenths(_ value: Int) -> JSON {
    let sign = value < 0 ? "-" : ""
    let (whole, tenth) = value.magnitude.quotientAndRemainder(dividingBy: 10)
    return literal(Array((tenth == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(tenth)").utf8))
  }

  /// A number in quotes, as the times of routes in the vendor's sample.
  static func quoted(_ value: Int) -> JSON { literal(Array("\"\(value)\"".utf8)) }

  static func string(_ text: String) -> JSON {
    var bytes: [UInt8] = []
    appendQuoted(text, to: &bytes)
    return literal(bytes)
  }

  static func string(_ text: String?) -> JSON { text.map { string($0) } ?? .null }

  static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    object(members.map { Member(key: $0.key, value: $0.value) })
  }

  subscript(key: String) -> JSON? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.key == key }?.value
    }
    set {
      guard case .object(var members) = self, let newValue else { return }
      if let index = members.firstIndex(where: { $0.key == key }) {
        members[index].value = newValue
      } else {
        members.append(Member(key: key, value: newValue))
      }
      self = .object(members)
    }
  }

  mutating func remove(_ key: String) {
    guard case .object(let members) = self else { return }
    self = .object(members.filter { $0.key != key })
  }

  /// A whole number, in quotes or not.
  var integer: Int? {
    guard case .literal(let bytes) = self else { return nil }
    return Int(String(decoding: bytes.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self))
  }

  var elements: [JSON] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    switch self {
    case .literal(let literal): bytes += literal
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += [UInt8(ascii: "\"")] + Array(member.key.utf8) + Array("\":".utf8)
        member.value.append(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// Escapes `/` and everything that is not ASCII, as PHP's `json_encode` does by default.
  private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22: bytes += Array("\\\"".utf8)
      case 0x5C: bytes += Array("\\\\".utf8)
      case 0x2F: bytes += Array("\\/".utf8)
      case 0x20..<0x7F: bytes.append(UInt8(unit))
      default:
        let digits = String(unit, radix: 16)
        bytes += Array("\\u".utf8) + Array(String(repeating: "0", count: 4 - digits.count).utf8) + Array(digits.utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
