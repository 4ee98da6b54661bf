import FoundationEssentials

/// A `timestamptz` in the server's representation.
struct Timestamp {
  /// Since 2000-01-01 00:00:00 UTC.
  let microseconds: Int64

  /// From the server's epoch, 2000-01-01, to the one of `Date`, 2001-01-01.
  private static let secondsToReferenceDate: Int64 = 366 * 86_400

  init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Rounded to the microsecond; nil for NaN, infinity and dates that do not fit into 64 bits.
  init?(_ date: Date) {
    guard let sinceReference = Int64(exactly: (date.timeIntervalSinceReferenceDate * 1e6).rounded()),
      case let (sum, overflow) = sinceReference.addingReportingOverflow(Self.secondsToReferenceDate * 1_000_000),
      !overflow, sum != .max, sum != .min
    else { return nil }
    microseconds = sum
  }

  /// Nil for `infinity` and `-infinity`.
  var date: Date? {
    guard microseconds != .max, microseconds != .min else { return nil }
    let sinceReference = microseconds - Self.secondsToReferenceDate * 1_000_000
    return Date(timeIntervalSinceReferenceDate: Double(sinceReference) / 1e6)
  }
}
