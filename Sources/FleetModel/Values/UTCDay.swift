import FoundationEssentials

/// A calendar day in UTC: 00:00:00 up to, but not including, 00:00:00 of the next day.
///
/// The API answers for whole UTC days, so a UTC day is the unit of every fetch, checkpoint and replacement.
public struct UTCDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01.
  public let number: Int32

  public init(number: Int32) {
    self.number = number
  }

  public init(containing date: Date) {
    number = Int32((date.timeIntervalSince1970 / 86_400).rounded(.down))
  }

  /// Reads `YYYY-MM-DD`; nil for anything else, including impossible dates.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2],
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    let numbers = parts.compactMap { Int(String($0) ?? "") }
    guard numbers.count == 3 else { return nil }
    let day = UTCDay(year: numbers[0], month: numbers[1], day: numbers[2])
    guard day.description == text else { return nil }
    self = day
  }

  /// Proleptic Gregorian calendar; days and months out of range carry over.
  private init(year: Int, month: Int, day: Int) {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    number = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// 00:00:00 UTC of the day.
  public var start: Date { Date(timeIntervalSince1970: Double(number) * 86_400) }
  /// 00:00:00 UTC of the next day.
  public var end: Date { next.start }
  public var next: UTCDay { advanced(by: 1) }
  public var previous: UTCDay { advanced(by: -1) }

  /// The first day of its month.
  public var startOfMonth: UTCDay { advanced(by: 1 - civil.day) }

  public func advanced(by days: Int) -> UTCDay {
    UTCDay(number: number + Int32(days))
  }

  public static func < (left: UTCDay, right: UTCDay) -> Bool {
    left.number < right.number
  }
}

extension UTCDay: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let (year, month, day) = civil
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}

extension UTCDay: Strideable {
  public func distance(to other: UTCDay) -> Int { Int(other.number) - Int(number) }
}
