import FleetModel
import FleetizeAPI
import Glibc

/// Strikes a token out of what the API answered, so that an echo reaches neither archive nor log.
struct TokenEraser {
  /// A text shorter than this is no secret, and would be found in data by chance.
  static let shortestSecret = 8

  private let needles: [[UInt8]]

  init(_ token: Token) {
    let secret = token.secret
    let encoded = Request.percentEncoded(secret)
    let slash = UInt8(ascii: "/")
    let jsonEscaped = secret.utf8.flatMap { $0 == slash ? [UInt8(ascii: "\\"), slash] : [$0] }
    let percentLowercased = encoded.split(separator: "%", omittingEmptySubsequences: false).enumerated()
      .map { $0 == 0 ? String($1) : $1.prefix(2).lowercased() + $1.dropFirst(2) }.joined(separator: "%")
    let spellings: Set<[UInt8]> = [Array(secret.utf8), Array(encoded.utf8), Array(percentLowercased.utf8), jsonEscaped]
    needles = secret.utf8.count < Self.shortestSecret ? [] : spellings.sorted { $0.count > $1.count }
  }

  /// The same bytes with asterisks in place of the token.
  ///
  /// - Parameter isComplete: False when the body was cut; then a beginning of the token at its end goes as well.
  func erase(in body: [UInt8], isComplete: Bool) -> [UInt8] {
    var body = body
    for needle in needles {
      body.withUnsafeMutableBytes { erase(needle, in: $0) }
      if !isComplete { eraseBeginning(of: needle, atEndOf: &body) }
    }
    return body
  }

  func erase(in text: String) -> String {
    String(decoding: erase(in: Array(text.utf8), isComplete: false), as: UTF8.self)
  }

  private func erase(_ needle: [UInt8], in bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    var offset = 0
    while bytes.count - offset >= needle.count,
      let found = memchr(start + offset, CInt(needle[0]), bytes.count - offset - needle.count + 1)
    {
      let isToken = memcmp(found, needle, needle.count) == 0
      if isToken { memset(found, CInt(UInt8(ascii: "*")), needle.count) }
      offset = UnsafeRawPointer(found) - UnsafeRawPointer(start) + (isToken ? needle.count : 1)
    }
  }

  private func eraseBeginning(of needle: [UInt8], atEndOf body: inout [UInt8]) {
    for length in stride(from: min(needle.count - 1, body.count), to: 3, by: -1)
    where body.suffix(length).elementsEqual(needle.prefix(length)) {
      body.replaceSubrange((body.count - length)..., with: repeatElement(UInt8(ascii: "*"), count: length))
      return
    }
  }
}
