/// A day of a local calendar.
struct LocalDate: Hashable, Comparable, Sendable, CustomStringConvertible {
  var year: Int
  var month: Int
  var day: Int

  /// From `2026-10-05`.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-").map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
  }

  var description: String { "\(year)-\(twoDigits(month))-\(twoDigits(day))" }

  static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

/// The time shown by a wall clock, to the second.
struct LocalTime: Hashable, Sendable, CustomStringConvertible {
  var date: LocalDate
  /// Seconds since midnight, as shown.
  var second: Int
  /// Seconds ahead of UTC.
  var utcOffset: Int

  /// From `2026-10-05T08:15:00`.
  init?(_ text: String, utcOffset: Int) {
    let halves = text.split(separator: "T")
    guard halves.count == 2, let date = LocalDate(halves[0]) else { return nil }
    let parts = halves[1].split(separator: ":").map { Int($0) }
    guard parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2] else { return nil }
    (self.date, self.second, self.utcOffset) = (date, hour * 3_600 + minute * 60 + second, utcOffset)
  }

  /// Such as `08:15`.
  var clock: String { "\(twoDigits(second / 3_600)):\(twoDigits(second / 60 % 60))" }

  var description: String { "\(date)T\(clock):\(twoDigits(second % 60))" }

  /// Such as `+02:00`.
  var offset: String {
    let minutes = utcOffset.magnitude / 60
    return "\(utcOffset < 0 ? "-" : "+")\(twoDigits(Int(minutes / 60))):\(twoDigits(Int(minutes % 60)))"
  }
}

func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension LocalDate: Encodable {
  func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}

extension LocalTime: Encodable {
  func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
