import FleetModel
import FoundationEssentials
import Load

/// What the coming nights are expected to need, estimated from the last weeks: from the calls of their nightly runs, and before there
/// were any, from the days that such runs would have fetched.
struct NightlyForecast: Sendable {
  let expected: NightlyDemand
  /// How many nights the estimate is based on.
  let knownNights: Int

  private let least: [Double]
  private let most: [Double]
  /// Of the calls per night.
  private let variance: Double
  private let listedDevices: Double

  /// Earlier nights are ignored.
  static let memoryDays = 56

  /// - Parameters:
  ///   - runs: at least those of the last ``memoryDays``.
  ///   - isTonightDone: whether today's nightly run is over and so counts as known.
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
    // What the reserve is for: the list, and each device that was active in the last week.
    let all = Double(1 + devices.count { $0.onlineAt.map { $0 >= now.addingTimeInterval(-7 * 86_400) } ?? false })
    let bounds = (0..<7).map { weekday -> ClosedRange<Double> in
      let sameKind = UTCDay(number: Int32(weekday)).followsWorkday ? afterWorkday : afterRestDay
      if let known = mean(of: nights.filter { Int($0.key.number) % 7 == weekday }) ?? sameKind { return known...known }
      // Fleets are assumed not to drive more on weekends than on workdays.
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
    // As if every device were active by chance. Devices that are always or never active make the real variance smaller.
    variance =
      calls.reduce(0) { sum, calls in
        let active = min(count, max(0, calls - 1))
        return sum + active * (1 - active / count)
      } / 7
  }

  /// The 95 % range of calls per night over a span of days. It covers chance in the known nights and in those to come.
  func extremes(overDays days: Double) -> (fewest: NightlyDemand, most: NightlyDemand) {
    let chance = 2 * (variance * (1 / Double(max(1, knownNights)) + 1 / max(1, days))).squareRoot()
    var (fewest, most) = (expected, expected)
    fewest.calls = least.map { max(1, $0 - chance) }
    most.calls = self.most.map { max($0, min($0 + chance, listedDevices + 1)) }
    return (fewest, most)
  }

  /// The calls of each night, by the day on which it began.
  private static func knownNights(
    _ devices: [DeviceFacts], runs: CallLedger.NightlyRuns, last: UTCDay
  ) -> [UTCDay: Double] {
    let calls = Dictionary(grouping: runs.calls, by: UTCDay.init(containing:)).mapValues { Double($0.count) }
    let firstRun = runs.starts.first.map(UTCDay.init(containing:))
    return (last.advanced(by: 1 - memoryDays)...last).reduce(into: [:]) { nights, night in
      // The first run may have fetched more than one day.
      if let firstRun, firstRun < night {
        nights[night] = calls[night] ?? 0
      } else {
        nights[night] = activeDevices(devices, on: night.previous).map { $0 + 1 }
      }
    }
  }

  /// Nil unless known for three devices in four. The others, such as those moving at every list, are assumed to be like these.
  private static func activeDevices(_ devices: [DeviceFacts], on day: UTCDay) -> Double? {
    let known = devices.compactMap { $0.wasActive(on: day) }
    guard !known.isEmpty, known.count * 4 >= devices.count * 3 else { return nil }
    return Double(known.count { $0 } * devices.count) / Double(known.count)
  }
}

extension DeviceFacts {
  /// Nil if unknown.
  fileprivate func wasActive(on day: UTCDay) -> Bool? {
    switch days[day]?.state {
    case .final: true
    case .empty: false
    case .beyondHistory: nil
    case .provisional, .pending, nil:
      if isSealedEmpty(day) {
        false
      } else {
        inactiveSpans.contains { $0.lastActivity.map { day.start <= $0 && $0 < day.end } ?? false } ? true : nil
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
