import FoundationEssentials

/// A `timestamptz` as the server counts it.
struct Timestamp {
  /// From 2000-01-01 00:00:00 UTC.
  let microseconds: Int64

  /// From 2000-01-01, where the server counts from, to 2001-01-01, where `Date` does.
  private static let secondsToReferenceDate: Int64 = 366 * 86_400

  init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Rounded to the microsecond; nil for NaN, infinity and dates beyond the 64 bits.
  init?(_ date: Date) {
    guard let sinceReference = Int64(exactly: (date.timeIntervalSinceReferenceDate * 1e6).rounded()),
      case let (sum, overflow) = sinceReference.addingReportingOverflow(Self.secondsToReferenceDate * 1_000_000),
      !overflow, sum != .max, sum != .min
    else { return nil }
    microseconds = sum
  }

  /// Nil for `infinity` and `-infinity`, which are no moment.
  var date: Date? {
    guard microseconds != .max, microseconds != .min else { return nil }
    let sinceReference = microseconds - Self.secondsToReferenceDate * 1_000_000
    return Date(timeIntervalSinceReferenceDate: Double(sinceReference) / 1e6)
  }
}
