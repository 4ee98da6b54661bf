import FoundationEssentials

/// The header `Retry-After`: how long the server asks to make no call.
enum RetryAfter {
  /// - Parameter text: seconds, or a date as in HTTP.
  /// - Returns: nil for anything else, and for a time that has passed.
  static func seconds(_ text: String, now: Date) -> Double? {
    let seconds = Double(text) ?? date(text)?.timeIntervalSince(now)
    return seconds.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Sun, 06 Nov 1994 08:49:37 GMT`
  private static func date(_ text: String) -> Date? {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: words[2]) else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return try? Date("\(words[3])-\(number)-\(words[1])T\(words[4])Z", strategy: .iso8601)
  }
}
