import FleetModel
import FoundationEssentials
import Load

/// What is to be expected of the nights to come, judged by those of the last weeks: by the calls that they took, and before there were
/// nightly runs by what is known of the days that they would have fetched.
struct NightlyForecast: Sendable {
  let expected: NightlyDemand
  /// NightlyDemand that it is judged by.
  let knownNights: Int

  private let least: [Double]
  private let most: [Double]
  /// Of the calls of a night.
  private let variance: Double
  private let listedDevices: Double

  /// NightlyDemand further back are not looked at.
  static let memoryDays = 56

  /// - Parameters:
  ///   - runs: those of the last ``memoryDays`` at least.
  ///   - isTonightDone: whether the nightly run of today is over, and so is one to judge by.
  init(facts: [DeviceFacts], runs: CallLedger.NightlyRuns, isTonightDone: Bool, now: Date) {
    let devices = facts.filter(\.isListed)
    let today = UTCDay(containing: now)
    let nights = Self.knownNights(
      devices, runs: runs, last: isTonightDone ? today : today.previous)
    func mean(of nights: [UTCDay: Double]) -> Double? {
      nights.isEmpty ? nil : nights.values.reduce(0, +) / Double(nights.count)
    }
    let afterWorkday = mean(of: nights.filter { $0.key.followsWorkday })
    let afterRestDay = mean(of: nights.filter { !$0.key.followsWorkday })
    // All that the reserve is for: the list, and each device that was active of late.
    let all = Double(1 + devices.count { $0.onlineAt.map { $0 >= now.addingTimeInterval(-7 * 86_400) } ?? false })
    let bounds = (0..<7).map { weekday -> ClosedRange<Double> in
      let sameKind = UTCDay(number: Int32(weekday)).followsWorkday ? afterWorkday : afterRestDay
      if let known = mean(of: nights.filter { Int($0.key.number) % 7 == weekday }) ?? sameKind { return known...known }
      // Nobody drives more on weekends than on workdays.
      if UTCDay(number: Int32(weekday)).followsWorkday {
        let low = afterRestDay ?? 1
        return low...max(low, all)
      }
      return 1...max(1, afterWorkday ?? all)
    }
    let calls = bounds.map { ($0.lowerBound + $0.upperBound) / 2 }
    expected = NightlyDemand(
      startAfterMidnight: runs.starts.last.map { $0.timeIntervalSince(UTCDay(containing: $0).start) } ?? 0,
      calls: calls)
    knownNights = nights.count
    (least, most) = (bounds.map(\.lowerBound), bounds.map(\.upperBound))
    listedDevices = Double(devices.count)
    let count = max(1, Double(devices.count))
    // As if chance said of each device whether it is active: devices that are active always or never make it less.
    variance =
      calls.reduce(0) { sum, calls in
        let active = min(count, max(0, calls - 1))
        return sum + active * (1 - active / count)
      } / 7
  }

  /// The fewest and the most calls that nights may take over a time so long, in 19 of 20 cases: what happened by chance in the known
  /// nights, and what may in those to come.
  func extremes(overDays days: Double) -> (fewest: NightlyDemand, most: NightlyDemand) {
    let chance = 2 * (variance * (1 / Double(max(1, knownNights)) + 1 / max(1, days))).squareRoot()
    var (fewest, most) = (expected, expected)
    fewest.calls = least.map { max(1, $0 - chance) }
    most.calls = self.most.map { max($0, min($0 + chance, listedDevices + 1)) }
    return (fewest, most)
  }

  /// Calls of nights, by the day on which they began.
  private static func knownNights(
    _ devices: [DeviceFacts], runs: CallLedger.NightlyRuns, last: UTCDay
  ) -> [UTCDay: Double] {
    let calls = Dictionary(grouping: runs.calls, by: UTCDay.init(containing:)).mapValues { Double($0.count) }
    let firstRun = runs.starts.first.map(UTCDay.init(containing:))
    return (last.advanced(by: 1 - memoryDays)...last).reduce(into: [:]) { nights, night in
      // The first run may have had more than a day to fetch.
      if let firstRun, firstRun < night {
        nights[night] = calls[night] ?? 0
      } else {
        nights[night] = activeDevices(devices, on: night.previous).map { $0 + 1 }
      }
    }
  }

  /// Nil unless it is known of three devices in four; the others, such as those under way at every list, are taken to be like these.
  private static func activeDevices(_ devices: [DeviceFacts], on day: UTCDay) -> Double? {
    let known = devices.compactMap { $0.wasActive(on: day) }
    guard !known.isEmpty, known.count * 4 >= devices.count * 3 else { return nil }
    return Double(known.count { $0 } * devices.count) / Double(known.count)
  }
}

extension DeviceFacts {
  /// Nil when it is not known.
  fileprivate func wasActive(on day: UTCDay) -> Bool? {
    switch days[day]?.state {
    case .final: true
    case .empty: false
    case .provisional, .pending, nil:
      if isSealedEmpty(day) {
        false
      } else {
        quietSpans.contains { $0.lastActivity.map { day.start <= $0 && $0 < day.end } ?? false } ? true : nil
      }
    }
  }
}

extension UTCDay {
  /// Whether the day before is one from Monday to Friday.
  fileprivate var followsWorkday: Bool {
    // 1970-01-01, the day 0, was a Thursday.
    (Int(number) + 2) % 7 < 5
  }
}
