import FleetModel
import FoundationEssentials

/// Local time in Berlin, by which drivers start and which the vendor's texts show.
enum BerlinTime {
  /// Seconds ahead of UTC.
  static func offset(at time: Int) -> Int {
    // The rounding of years does not matter, because it happens months away from the changes.
    guard let summer = summers[time / 31_556_952 + 1970] else { return 3600 }
    return summer.contains(time) ? 7200 : 3600
  }

  /// From 01:00 UTC of the last Sunday of March to 01:00 UTC of the last Sunday of October, by year.
  private static let summers: [Int: Range<Int>] = {
    var summers: [Int: Range<Int>] = [:]
    for year in 1996...2099 {
      guard let march = UTCDay("\(year)-03-31"), let october = UTCDay("\(year)-10-31") else { continue }
      summers[year] = lastSunday(upTo: march).unixStart + 3600..<lastSunday(upTo: october).unixStart + 3600
    }
    return summers
  }()

  /// The Unix time of a local hour of the day, such as 7.5.
  static func time(_ hour: Double, on day: UTCDay) -> Int {
    let noon = day.unixStart + 43_200
    return day.unixStart + Int(hour * 3600) - offset(at: noon)
  }

  /// `Di, 17.03., 08:09`
  static func text(_ time: Int) -> String {
    let local = time + offset(at: time)
    let day = UTCDay(containing: Date(timeIntervalSince1970: Double(local)))
    let parts = day.description.split(separator: "-")
    let weekday = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"][day.weekday]
    let minutes = (local - day.unixStart) / 60
    return "\(weekday), \(parts[2]).\(parts[1])., \(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))"
  }

  private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private static func lastSunday(upTo day: UTCDay) -> UTCDay {
    day.advanced(by: -((day.weekday + 1) % 7))
  }
}

extension UTCDay {
  /// 0 is Monday.
  var weekday: Int { ((Int(number) + 3) % 7 + 7) % 7 }

  var unixStart: Int { Int(number) * 86_400 }
}
