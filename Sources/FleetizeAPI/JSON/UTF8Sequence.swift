/// Well-formed UTF-8 beyond ASCII, according to table 3-7 of the Unicode standard.
enum UTF8Sequence {
  /// The length of the well-formed sequence of two to four bytes at an index; nil if there is none.
  static func length(in bytes: [UInt8], at start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    let second: ClosedRange<UInt8>
    let length: Int
    switch bytes[start] {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard start + length <= bytes.count, second.contains(bytes[start + 1]),
      bytes[(start + 2)..<(start + length)].allSatisfy({ (0x80...0xBF).contains($0) })
    else { return nil }
    return length
  }
}
