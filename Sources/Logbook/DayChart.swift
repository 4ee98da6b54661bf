import FoundationEssentials

/// A stacked bar per day: kilometres of trips, and of gaps on top.
struct DayChart {
  let days: [LogbookMonth.Day]
  let language: Language

  private static let (width, height) = (520.0, 250.0)
  private static let (left, right, top, bottom) = (38.0, 516.0, 8.0, 200.0)

  private func kilometres(_ value: Decimal?) -> Double {
    max(Double("\(value ?? 0)") ?? 0, 0)
  }

  /// The grid's step: 1, 2 or 5 times a power of ten, so that there are at most five steps.
  static func step(for highest: Double) -> Double {
    var power = 1.0
    while power * 25 < highest { power *= 10 }
    return [power, power * 2, power * 5].first { $0 * 5 >= highest } ?? power * 10
  }

  var svg: HTML {
    let words = language.words
    let highest = days.map { kilometres($0.routesDistanceKm) + kilometres($0.gapKm) }.max() ?? 0
    let step = Self.step(for: highest)
    let ceiling = max((highest / step).rounded(.up), 1) * step
    let slot = (Self.right - Self.left) / Double(max(days.count, 1))
    let y = { (km: Double) in Self.bottom - km / ceiling * (Self.bottom - Self.top) }
    let lines = stride(from: 0, through: ceiling, by: step).map { km in
      """
      <line x1="\(Self.left)" x2="\(Self.right)" y1="\(y(km))" y2="\(y(km))" stroke="#d5dde2"/>
      <text x="\(Self.left - 5)" y="\(y(km) + 3)" text-anchor="end">\(language.number(Decimal(km)))</text>
      """ as HTML
    }
    let bars = days.enumerated().map { index, day in
      let x = Self.left + slot * Double(index)
      let (trips, gap) = (kilometres(day.routesDistanceKm), kilometres(day.gapKm))
      let title =
        "\(language.date(day.localDate)): \(language.number(day.routesDistanceKm)) km, \(day.tripCount) \(words.ofTrips)"
      return """
        <g><title>\(title)</title>
        \(day.state == "complete" ? "" : shade(x: x, width: slot))
        <rect x="\(x + slot * 0.15)" y="\(y(trips))" width="\(slot * 0.7)" height="\(Self.bottom - y(trips))" fill="#0b6e7f"/>
        <rect x="\(x + slot * 0.15)" y="\(y(trips + gap))" width="\(slot * 0.7)" height="\(y(trips) - y(trips + gap))" fill="#e0a030"/>
        <text x="\(x + slot / 2)" y="\(Self.bottom + 13)" text-anchor="middle">\(day.localDate.day)</text></g>
        """ as HTML
    }
    return """
      <svg viewBox="0 0 \(Self.width) \(Self.height)" role="img" aria-label="\(words.kmPerDay)">
      <defs><pattern id="open" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="6" height="6" fill="#f6f7f8"/><rect width="2" height="6" fill="#d9dee2"/></pattern></defs>
      \(lines)
      \(bars)
      <rect x="\(Self.left)" y="224" width="10" height="10" fill="#0b6e7f"/><text x="\(Self.left + 15)" y="233">\(words.ofTrips)</text>
      <rect x="\(Self.left + 110)" y="224" width="10" height="10" fill="#e0a030"/><text x="\(Self.left + 125)" y="233">\(words.ofGaps)</text>
      <rect x="\(Self.left + 220)" y="224" width="10" height="10" fill="url(#open)" stroke="#c3ccd2"/><text x="\(Self.left + 235)" y="233">\(words.dayNotComplete)</text>
      </svg>
      """
  }

  private func shade(x: Double, width: Double) -> HTML {
    """
    <rect x="\(x)" y="\(Self.top)" width="\(width)" height="\(Self.bottom - Self.top)" fill="url(#open)"/>
    """
  }
}
