import FoundationEssentials

/// The language of texts, dates and numbers.
public enum Language: String, CaseIterable, Sendable {
  case en
  case de

  var words: Words { self == .de ? .german : .english }

  /// All significant decimals, at least `minimum`, with thousands separators.
  func number(_ value: Decimal?, minimum: Int = 0) -> String {
    guard let value else { return "–" }
    let parts = "\(value.magnitude)".split(separator: ".")
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      if index > 0, (parts[0].count - index) % 3 == 0 { whole += self == .de ? "." : "," }
      whole.append(digit)
    }
    var decimals = parts.count > 1 ? String(parts[1]) : ""
    while decimals.hasSuffix("0") { decimals.removeLast() }
    while decimals.count < minimum { decimals += "0" }
    return (value < 0 ? "−" : "") + whole + (decimals.isEmpty ? "" : (self == .de ? "," : ".") + decimals)
  }

  /// Whole minutes, rounded.
  func minutes(_ seconds: Int?) -> String {
    seconds.map { number(Decimal(Int((Double($0) / 60).rounded()))) } ?? "–"
  }

  /// Hours and minutes, such as `103:05`.
  func hours(_ seconds: Int?) -> String {
    guard let seconds else { return "–" }
    let minutes = Int((Double(seconds) / 60).rounded())
    return "\(minutes / 60):\(twoDigits(minutes % 60))"
  }

  func date(_ date: LocalDate) -> String {
    self == .de ? "\(twoDigits(date.day)).\(twoDigits(date.month)).\(date.year)" : "\(date)"
  }

  /// Without the year.
  func shortDate(_ date: LocalDate) -> String {
    self == .de ? "\(twoDigits(date.day)).\(twoDigits(date.month))." : "\(twoDigits(date.month))-\(twoDigits(date.day))"
  }

  /// To the minute, UTC.
  func moment(_ moment: Date) -> String {
    let text = moment.formatted(.iso8601)
    guard let date = LocalDate(text.prefix(10)) else { return text }
    return "\(self.date(date)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// From `2026-10`.
  func month(_ month: String) -> String {
    let parts = month.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 2, (1...12).contains(parts[1]) else { return month }
    return "\(words.months[parts[1] - 1]) \(parts[0])"
  }

  /// A trip's departure or arrival, with its date if that is not the row's.
  func time(_ time: LocalTime?, on date: LocalDate, showingOffset: Bool) -> String {
    guard let time else { return "–" }
    return time.clock + (time.date == date ? "" : " (\(shortDate(time.date)))")
      + (showingOffset ? " \(time.offset)" : "")
  }

  func position(_ latitude: Double?, _ longitude: Double?) -> String {
    guard let latitude, let longitude else { return "–" }
    return "\(fiveDecimals(latitude)), \(fiveDecimals(longitude))"
  }

  private func fiveDecimals(_ degrees: Double) -> String {
    let scaled = Int((degrees.magnitude * 100_000).rounded())
    let decimals = String(100_000 + scaled % 100_000).dropFirst()
    return "\(degrees < 0 && scaled > 0 ? "-" : "")\(scaled / 100_000).\(decimals)"
  }
}
