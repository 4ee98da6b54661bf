/// Reads the JSON that the vendor's PHP sends, including its broken commas.
///
/// It reads one complete document, counts every deviation that it tolerated, and never traps: nesting and number of values
/// are bounded, and every index is checked before use.
struct JSONReader {
  static let deepestNesting = 64
  /// Far above any day (all points of a route are one text), so that a hostile response cannot exhaust memory.
  static let mostValues = 3_000_000

  private let bytes: [UInt8]
  private let mostValues: Int
  private var at = 0
  private var valueCount = 0
  private(set) var tolerances: ToleranceLog

  init(_ bytes: [UInt8], tolerances: ToleranceLog = ToleranceLog(), mostValues: Int = mostValues) {
    self.bytes = bytes
    self.mostValues = mostValues
    self.tolerances = tolerances
  }

  mutating func document() throws(JSONFault) -> JSONValue {
    skipSpace()
    guard at < bytes.count else { throw .empty }
    let root = try value(depth: 1)
    skipSpace()
    guard at == bytes.count else { throw .textAfterEnd(offset: at) }
    return root
  }

  private var unexpected: JSONFault {
    at < bytes.count ? .unexpectedByte(bytes[at], offset: at) : .endedEarly
  }

  private func current() throws(JSONFault) -> UInt8 {
    guard at < bytes.count else { throw .endedEarly }
    return bytes[at]
  }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    valueCount += 1
    guard valueCount <= mostValues else { throw .tooManyValues }
    switch try current() {
    case UInt8(ascii: "\""): return try text()
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try list(depth: depth)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      return number()
    default: return try literal()
    }
  }

  // MARK: Containers

  private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
    let start = at
    var members: [JSONObject.Member] = []
    var names: Set<String> = []
    try sequence(upTo: UInt8(ascii: "}"), depth: depth) { (reader) throws(JSONFault) in
      let member = try reader.member(depth: depth)
      if !names.insert(member.name).inserted {
        reader.tolerances.note(.duplicateKey, sample: Excerpt.of(member.name))
      }
      members.append(member)
    }
    return .object(JSONObject(members: members, source: start..<at))
  }

  private mutating func list(depth: Int) throws(JSONFault) -> JSONValue {
    let start = at
    var elements: [JSONValue] = []
    try sequence(upTo: UInt8(ascii: "]"), depth: depth) { (reader) throws(JSONFault) in
      elements.append(try reader.value(depth: depth + 1))
    }
    return .list(elements, start..<at)
  }

  /// Elements between an opening and a closing byte. Tolerates doubled, leading and trailing commas.
  private mutating func sequence(
    upTo closing: UInt8, depth: Int, _ element: (inout JSONReader) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    guard depth <= Self.deepestNesting else { throw .nestedTooDeep }
    at += 1
    var isSeparated = true
    var isTrailing = false
    while true {
      skipSpace()
      switch try current() {
      case closing:
        at += 1
        if isTrailing { tolerances.note(.trailingComma) }
        return
      case UInt8(ascii: ","):
        at += 1
        if isSeparated { tolerances.note(.doubledComma) }
        isTrailing = !isSeparated || isTrailing
        isSeparated = true
      default:
        guard isSeparated else { throw unexpected }
        try element(&self)
        isSeparated = false
        isTrailing = false
      }
    }
  }

  private mutating func member(depth: Int) throws(JSONFault) -> JSONObject.Member {
    guard try current() == UInt8(ascii: "\"") else { throw unexpected }
    let name =
      switch try text() {
      case .text(let range): String(decoding: bytes[range], as: UTF8.self)
      case .decodedText(let text): text
      default: ""
      }
    skipSpace()
    guard try current() == UInt8(ascii: ":") else { throw unexpected }
    at += 1
    skipSpace()
    let next = try current()
    if next == UInt8(ascii: ",") || next == UInt8(ascii: "}") {
      tolerances.note(.missingValue, sample: Excerpt.of(name))
      return JSONObject.Member(name: name, value: .null)
    }
    return JSONObject.Member(name: name, value: try value(depth: depth + 1))
  }

  // MARK: Space

  private mutating func skipSpace() {
    var marks = 0
    var noBreakSpaces = 0
    var nuls = 0
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x0A, 0x0D, 0x09:
        at += 1
      case 0xC2 where at + 1 < bytes.count && bytes[at + 1] == 0xA0:
        noBreakSpaces += 1
        at += 2
      case 0xA0:
        noBreakSpaces += 1
        at += 1
      case 0xEF where at + 2 < bytes.count && bytes[at + 1] == 0xBB && bytes[at + 2] == 0xBF:
        marks += 1
        at += 3
      case 0x00:
        nuls += 1
        at += 1
      case 0xC2 where at + 1 == bytes.count, 0xEF where bytes[at...] == [0xEF] || bytes[at...] == [0xEF, 0xBB]:
        // Cut off within such a character: the document ended early, it has no wrong byte.
        at = bytes.count
      default:
        note(marks, noBreakSpaces, nuls)
        return
      }
    }
    note(marks, noBreakSpaces, nuls)
  }

  private mutating func note(_ marks: Int, _ noBreakSpaces: Int, _ nuls: Int) {
    guard marks | noBreakSpaces | nuls != 0 else { return }
    tolerances.note(.byteOrderMark, count: marks)
    tolerances.note(.noBreakSpace, count: noBreakSpaces)
    tolerances.note(.nulCharacter, count: nuls)
  }

  // MARK: Numbers and literals

  /// Any run of characters that numbers consist of. The user of the value finds out whether it is a number.
  private mutating func number() -> JSONValue {
    let start = at
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        at += 1
      default:
        return finished(number: start..<at)
      }
    }
    return finished(number: start..<at)
  }

  private mutating func finished(number range: Range<Int>) -> JSONValue {
    if !JSONNumber.isStandard(bytes[range]) {
      tolerances.note(.nonstandardNumber, sample: Excerpt.of(bytes[range]))
    }
    return .number(range)
  }

  private mutating func literal() throws(JSONFault) -> JSONValue {
    let start = at
    let letters = bytes[at...].prefix(9).prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    let word = String(decoding: letters, as: UTF8.self)
    at += letters.count
    switch word {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "NaN", "Infinity", "undefined", "NULL", "Null", "None":
      tolerances.note(.nonstandardLiteral, sample: word)
      return .null
    case "TRUE", "True", "FALSE", "False":
      tolerances.note(.nonstandardLiteral, sample: word)
      return .boolean(word.utf8.count == 4)
    default:
      let isCut = at == bytes.count && ["null", "true", "false"].contains { $0.hasPrefix(word) }
      at = start
      throw isCut ? .endedEarly : unexpected
    }
  }

  // MARK: Texts

  private mutating func text() throws(JSONFault) -> JSONValue {
    let start = at + 1
    let end = endOfPlainText(from: start)
    guard end < bytes.count else { throw .endedEarly }
    if bytes[end] == UInt8(ascii: "\"") {
      at = end + 1
      return .text(start..<end)
    }
    return .decodedText(try decodedText(from: start, plainUpTo: end))
  }

  /// The first byte that is a quote, a backslash, a control character or not ASCII. Advances by eight bytes at a time.
  private func endOfPlainText(from start: Int) -> Int {
    let raw = bytes.span.bytes
    var at = start
    while at + 8 <= raw.byteCount {
      let word = raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      if Self.hasSpecialByte(word) { break }
      at += 8
    }
    while at < bytes.count, bytes[at] >= 0x20, bytes[at] < 0x80, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
    return at
  }

  /// The classic test for a zero byte, applied after turning each sought byte into zero. A borrow can only add false positives above
  /// a true one.
  private static func hasSpecialByte(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quotes = word ^ (ones &* 0x22)
    let backslashes = word ^ (ones &* 0x5C)
    let controls = (word &- (ones &* 0x20)) & ~word
    return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | controls | word) & highs != 0
  }

  private mutating func decodedText(from start: Int, plainUpTo plainEnd: Int) throws(JSONFault) -> String {
    var text = Array(bytes[start..<plainEnd])
    var foreignBytes = 0
    at = plainEnd
    while true {
      switch try current() {
      case UInt8(ascii: "\""):
        at += 1
        let decoded = String(decoding: text, as: UTF8.self)
        tolerances.note(.textNotUTF8, count: foreignBytes, sample: Excerpt.of(decoded))
        return decoded
      case UInt8(ascii: "\\"):
        try escape(into: &text)
      case 0x00:
        tolerances.note(.nulCharacter)
        at += 1
      case let byte where byte < 0x20:
        tolerances.note(.controlCharacter)
        text.append(byte)
        at += 1
      case let byte where byte >= 0x80:
        if let length = UTF8Sequence.length(in: bytes, at: at) {
          text.append(contentsOf: bytes[at..<(at + length)])
          at += length
        } else {
          foreignBytes += 1
          Windows1252.append(byte, to: &text)
          at += 1
        }
      default:
        let end = endOfPlainText(from: at)
        text.append(contentsOf: bytes[at..<end])
        at = end
      }
    }
  }

  /// Reads an escape sequence. One that JSON does not define is kept as sent.
  private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
    at += 1
    let letter = try current()
    at += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): codeUnit(into: &text)
    default:
      tolerances.note(.badEscape)
      text.append(UInt8(ascii: "\\"))
      at -= 1
    }
  }

  private mutating func codeUnit(into text: inout [UInt8]) {
    guard let unit = hexadecimal(at: at) else {
      tolerances.note(.badEscape)
      text.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
      return
    }
    at += 4
    var code = unit
    if UTF16.isLeadSurrogate(UInt16(truncatingIfNeeded: unit)), at + 1 < bytes.count,
      bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u"), let trail = hexadecimal(at: at + 2),
      UTF16.isTrailSurrogate(UInt16(truncatingIfNeeded: trail))
    {
      at += 6
      code = 0x10000 + (unit & 0x3FF) << 10 + (trail & 0x3FF)
    }
    guard code != 0 else { return tolerances.note(.nulCharacter) }
    if let scalar = Unicode.Scalar(code) {
      text.append(contentsOf: UTF8.encode(scalar) ?? .init())
    } else {
      tolerances.note(.loneSurrogate)
      text.append(contentsOf: [0xEF, 0xBF, 0xBD])
    }
  }

  /// Four hexadecimal digits; nil for anything else.
  private func hexadecimal(at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<(start + 4)] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
