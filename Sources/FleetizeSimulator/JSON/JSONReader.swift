/// Reads strict JSON; nil for everything else.
struct JSONReader {
  private let text: [UInt8]
  private var position = 0
  private static let deepest = 64

  static func read(_ text: [UInt8]) -> JSON? {
    var reader = JSONReader(text: text)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.position == text.count ? value : nil
  }

  private init(text: [UInt8]) {
    self.text = text
  }

  private var next: UInt8? { position < text.count ? text[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) -> JSON? {
    guard depth < Self.deepest else { return nil }
    if take("{") { return object(depth: depth) }
    if take("[") { return array(depth: depth) }
    if next == UInt8(ascii: "\"") { return string().map { .literal($0) } }
    return bareWord()
  }

  private mutating func object(depth: Int) -> JSON? {
    var members: [JSON.Member] = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      guard let key = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
      members.append(JSON.Member(key: String(decoding: key.dropFirst().dropLast(), as: UTF8.self), value: value))
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  private mutating func array(depth: Int) -> JSON? {
    var elements: [JSON] = []
    if take("]") { return .array(elements) }
    repeat {
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
    } while take(",")
    return take("]") ? .array(elements) : nil
  }

  /// With its quotes and escapes.
  private mutating func string() -> [UInt8]? {
    guard next == UInt8(ascii: "\"") else { return nil }
    let start = position
    position += 1
    while let byte = next {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return Array(text[start..<position]) }
    }
    return nil
  }

  private mutating func bareWord() -> JSON? {
    let start = position
    while let byte = next, isPartOfWord(byte) { position += 1 }
    let word = Array(text[start..<position])
    let isConstant = ["true", "false", "null"].contains { Array($0.utf8) == word }
    return isConstant || Double(String(decoding: word, as: UTF8.self)) != nil ? .literal(word) : nil
  }

  private func isPartOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
      UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
