/// Writes standard JSON in ASCII, which no declared character set can garble.
///
/// Everything that the reader tolerated is corrected: broken commas, foreign bytes, and malformed numbers, which become texts.
struct JSONWriter {
  /// The document that the value was read from.
  let source: [UInt8]
  private(set) var bytes: [UInt8] = []

  init(source: [UInt8]) {
    self.source = source
  }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .boolean(let truth): append(truth ? "true" : "false")
    case .number(let range) where JSONNumber.isStandard(source[range]): bytes.append(contentsOf: source[range])
    case .number(let range), .text(let range): quote(source[range])
    case .decodedText(let text): write(text)
    case .list(let elements, _):
      sequence("[", elements, "]") { writer, element in writer.write(element) }
    case .object(let object):
      sequence("{", object.members, "}") { writer, member in
        writer.write(member.name)
        writer.append(":")
        writer.write(member.value)
      }
    }
  }

  private mutating func sequence<Element>(
    _ opening: StaticString, _ elements: [Element], _ closing: StaticString,
    _ write: (inout JSONWriter, Element) -> Void
  ) {
    append(opening)
    for (index, element) in elements.enumerated() {
      if index > 0 { append(",") }
      write(&self, element)
    }
    append(closing)
  }

  /// Printable ASCII without quotes and backslashes.
  private mutating func quote(_ plain: ArraySlice<UInt8>) {
    append("\"")
    bytes.append(contentsOf: plain)
    append("\"")
  }

  private mutating func write(_ text: String) {
    append("\"")
    for unit in text.utf16 {
      switch unit {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, UInt8(unit)])
      case 0x20..<0x7F: bytes.append(UInt8(unit))
      default:
        append("\\u")
        for shift in [12, 8, 4, 0] { bytes.append(Self.digits[Int(unit >> UInt16(shift) & 0xF)]) }
      }
    }
    append("\"")
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
