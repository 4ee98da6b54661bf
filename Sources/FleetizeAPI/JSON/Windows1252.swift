/// The code page of texts that are declared as ISO-8859-1, or that are not the UTF-8 they are declared as.
///
/// Differs from ISO-8859-1 in 0x80 to 0x9F only, which are printable characters instead of controls.
enum Windows1252 {
  private static let labels: Set = [
    "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "windows-1252", "cp1252",
  ]

  private static let from80To9F: [UInt16] = [
    0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D,
    0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,
    0x017E, 0x0178,
  ]

  static func isLabel(_ charset: String) -> Bool { labels.contains(charset) }

  /// Appends the character as UTF-8.
  static func append(_ byte: UInt8, to text: inout [UInt8]) {
    let code = (0x80...0x9F).contains(byte) ? from80To9F[Int(byte) - 0x80] : UInt16(byte)
    if let scalar = Unicode.Scalar(code) { text.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
  }

  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8)
    for byte in bytes { append(byte, to: &text) }
    return text
  }
}
