import FoundationEssentials
import Testing

@testable import Extract

@Suite struct `The header Retry-After` {
  @Test(
    arguments: [
      ("120", 120.0), ("Fri, 31 Dec 2999 23:59:59 GMT", nil), ("0", nil), ("-5", nil), ("soon", nil), ("inf", nil),
      ("", nil),
      ("Thu, 01 Jan 1970 00:01:00 GMT", 60.0), ("Thu, 01 Jan 1960 00:01:00 GMT", nil),
    ] as [(String, Double?)]) func `is seconds or a date in the future`(text: String, seconds: Double?)
  {
    let now = Date(timeIntervalSince1970: 0)
    if text.contains("2999") {
      #expect(RetryAfter.seconds(text, now: now) ?? 0 > 1e9)
    } else {
      #expect(RetryAfter.seconds(text, now: now) == seconds)
    }
  }
}
