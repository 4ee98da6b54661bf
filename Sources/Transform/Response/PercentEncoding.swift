/// The encoding of tag `device_portrait`: PHP's rawurlencode.
enum PercentEncoding {
  /// Keeps as sent whatever is not encoded UTF-8, and an encoded NUL, which PostgreSQL cannot store.
  static func decoded(_ text: String) -> (text: String, isWhole: Bool) {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "%")) else { return (text, true) }
    var decoded: [UInt8] = []
    var isWhole = true
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "%") else {
        decoded.append(bytes[at])
        at += 1
        continue
      }
      if let character = character(in: bytes, at: at) {
        decoded.append(contentsOf: character)
        at += 3 * character.count
      } else {
        isWhole = false
        decoded.append(bytes[at])
        at += 1
      }
    }
    return (String(decoding: decoded, as: UTF8.self), isWhole)
  }

  /// The UTF-8 of the encoded character at an index; nil if there is none.
  private static func character(in bytes: [UInt8], at start: Int) -> [UInt8]? {
    var character: [UInt8] = []
    var at = start
    while character.count < 4, let byte = byte(in: bytes, at: at) {
      character.append(byte)
      at += 3
      if String(validating: character, as: UTF8.self) != nil { return byte == 0 ? nil : character }
    }
    return nil
  }

  private static func byte(in bytes: [UInt8], at start: Int) -> UInt8? {
    guard start + 2 < bytes.count, bytes[start] == UInt8(ascii: "%"),
      let high = Character(Unicode.Scalar(bytes[start + 1])).hexDigitValue,
      let low = Character(Unicode.Scalar(bytes[start + 2])).hexDigitValue
    else { return nil }
    return UInt8(truncatingIfNeeded: high << 4 | low)
  }
}
