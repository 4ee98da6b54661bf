/// An error that the vendor reports in the body of a response: `ERROR #1000 - INVALID API TOKEN`.
public struct VendorError: Hashable, Sendable {
  public var code: Int
  /// What follows the number, at most 200 characters.
  public var text: String

  /// The error at the start of a body, bare or as a JSON value, whatever the HTTP status. Nil for data.
  ///
  /// The value of a documented tag is always data: a vehicle may be named `ERROR #1000`.
  public static func find(in body: [UInt8]) -> VendorError? {
    if let response = try? WireResponse(reading: body, contentType: nil) { return response.vendorError }
    return find(inText: body)
  }

  /// The error in a body that is not JSON: at its start, or a documented error on an HTML page.
  public static func find(inText body: [UInt8]) -> VendorError? {
    atStart(of: body) ?? onPage(body)
  }

  /// An error that is the whole body, or its first JSON string even if that string is cut off.
  private static func atStart(of body: [UInt8]) -> VendorError? {
    let start = body.prefix(64).firstIndex {
      // Skips spaces, a byte order mark and an opening quote.
      $0 > 0x20 && ![0xEF, 0xBB, 0xBF, 0xC2, 0xA0, UInt8(ascii: "\"")].contains($0)
    }
    guard let start else { return nil }
    return VendorError(beginning: String(decoding: body[start...].prefix(1_000), as: UTF8.self))
  }

  /// A documented error at the start of a line or of a text between tags, so that HTML or PHP warnings may precede it.
  ///
  /// Ignores everything after a brace or bracket: it may be data, and a vehicle may have any name.
  private static func onPage(_ body: [UInt8]) -> VendorError? {
    let text = String(
      decoding: body.prefix(4_096).prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "[") }, as: UTF8.self)
    return text.split { $0 == ">" || $0.isNewline }.lazy.compactMap { VendorError(beginning: String($0)) }
      .first { [1000, 1002, 1055].contains($0.code) }
  }

  /// Nil unless the text begins with `ERROR #` and four to nine digits.
  init?(beginning text: String) {
    let mark = "ERROR #"
    let trimmed = text.drop { $0.isWhitespace }
    guard trimmed.hasPrefix(mark) else { return nil }
    let rest = trimmed.dropFirst(mark.count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard (4...9).contains(digits.count), let code = Int(digits) else { return nil }
    let words = rest.dropFirst(digits.count).drop { $0.isWhitespace || $0 == "-" || $0 == ":" }
    self.code = code
    self.text = Excerpt.of(String(words.prefix { !$0.isNewline && $0 != "\"" }))
  }

  public var fault: Fault {
    switch code {
    case 1000: .tokenRefused
    case 1002: .tokenBlocked
    case 1055: .tooFast
    default: .vendorError(code: code, text: text)
    }
  }
}
