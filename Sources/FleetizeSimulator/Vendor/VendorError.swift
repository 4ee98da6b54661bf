/// An error of the vendor. Three of them are in the document; the others are made up in its style.
public struct VendorError: Hashable, Sendable {
  /// Four digits.
  public let code: Int
  private let words: String

  public static let invalidToken = VendorError(1000, "INVALID API TOKEN")
  public static let tokenBlocked = VendorError(1002, "QUERY-THRESHOLD EXCEEDED - API TOKEN BLOCKED")
  public static let tooSoon = VendorError(
    1055, "QUERY-THRESHOLD EXCEEDED - PLEASE REDUCE QUERY-INTERVAL, OTHERWISE YOUR TOKEN WILL BE BLOCKED")
  /// Not in the document: a device that does not exist, or that the user may not see.
  public static let unknownDevice = VendorError(1010, "DEVICE NOT FOUND")
  /// Not in the document: more calls than the daily quota allows.
  public static let quotaExceeded = VendorError(1060, "DAILY QUERY-LIMIT EXCEEDED")

  private static let known = [invalidToken, tokenBlocked, tooSoon, unknownDevice, quotaExceeded]

  private init(_ code: Int, _ words: String) {
    self.code = code
    self.words = words
  }

  /// The error with a number; with an unknown number, one that nobody has heard of. Nil without four digits.
  public init?(code: Int) {
    guard (1_000...9_999).contains(code) else { return nil }
    self = Self.known.first { $0.code == code } ?? VendorError(code, "REQUEST REFUSED")
  }

  public var text: String { "ERROR #\(code) - \(words)" }
}
