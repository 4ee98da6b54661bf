import FleetModel
import FoundationEssentials

/// Finds the end of the API's history during a backfill without a call for every day beyond it. Pure.
///
/// After several responses in a row without routes, for days older than any known route, it probes: day by day for a week, then further
/// and further back. It asks for the vehicle that was last used on the day, which must have a route then, or else for the one that drives
/// most. A route shows that the API serves all newer days, so the backfill goes on. Otherwise the history ends there.
struct HistorySearch: Hashable, Sendable {
  /// Answers in a row without routes after which the search begins.
  static let emptyAnswers = 5
  static let mostProbes = 15

  /// The oldest day that is known to have a route; nil if there is none.
  private(set) var oldestRoute: UTCDay?
  /// Days that the API is assumed to serve.
  private let assumedSince: UTCDay
  /// Days with routes, by device.
  private var routeDays: [DeviceID: Int]
  /// Days with routes, by weekday.
  private var weekdays: [Int32: Int]
  /// The day on which a vehicle was last used, as the device list says.
  private let lastUsed: [DeviceID: UTCDay]
  private var empties = 0
  private var probes: ArraySlice<UTCDay>?
  private var probesLeft = 0
  private var hasFailedProbe = false

  init(_ facts: [DeviceFacts], settlingDays: Int, now: Date) {
    assumedSince = UTCDay(containing: now).advanced(by: -settlingDays)
    routeDays = Dictionary(
      facts.map { device in (device.device, device.days.values.count { $0.routeCount > 0 }) }, uniquingKeysWith: +)
    let days = facts.flatMap { $0.days.filter { $0.value.routeCount > 0 }.keys }
    oldestRoute = days.min()
    weekdays = Dictionary(days.map { ($0.number % 7, 1) }, uniquingKeysWith: +)
    lastUsed = Dictionary(
      facts.compactMap { device in device.onlineAt.map { (device.device, UTCDay(containing: $0)) } },
      uniquingKeysWith: max)
  }

  /// Whether nothing shows yet that the API serves a day.
  func isUncertain(_ day: UTCDay) -> Bool {
    day < assumedSince && oldestRoute.map { day < $0 } ?? true
  }

  /// - Parameter routes: how many routes depart on the day; nil if there is no answer.
  mutating func note(_ routes: Int?, of call: PlannedCall) {
    guard let routes else {
      if probes != nil { hasFailedProbe = true }
      return
    }
    if routes > 0 {
      routeDays[call.device, default: 0] += 1
      weekdays[call.day.number % 7, default: 0] += 1
      oldestRoute = min(oldestRoute ?? call.day, call.day)
      (empties, probes) = (0, nil)
    } else if isUncertain(call.day) {
      empties += 1
      if probes == nil, empties >= Self.emptyAnswers {
        probes = probedDays(before: call.day)[...]
        probesLeft = Self.mostProbes
        hasFailedProbe = false
      }
    }
  }

  enum Next: Hashable {
    /// Go through the calls in their order.
    case inOrder
    case probe(PlannedCall)
    case end
  }

  /// - Parameter queue: the calls that are left.
  mutating func next(in queue: some Collection<PlannedCall>) -> Next {
    guard probes != nil else { return .inOrder }
    while probesLeft > 0, let day = probes?.popFirst() {
      let candidates = queue.filter { $0.day == day }
      if let call = candidates.max(by: { rank($0) < rank($1) }) {
        probesLeft -= 1
        return .probe(call)
      }
    }
    probes = nil
    empties = 0
    // What failed shows nothing, and a few days may be a weekend.
    let hasAskedAWeek = Self.mostProbes - probesLeft >= 7
    return hasFailedProbe || !hasAskedAWeek || queue.isEmpty ? .inOrder : .end
  }

  /// The week before a day, then single days twice as far back each time, on the weekday that has most routes. Where the backfill does
  /// not reach that far, days between.
  private func probedDays(before day: UTCDay) -> [UTCDay] {
    let far = [14, 28, 56, 112, 224, 448, 896, 1_792].compactMap { distance in
      (0...6).map { day.advanced(by: -distance - $0) }.max {
        weekdays[$0.number % 7] ?? 0 < weekdays[$1.number % 7] ?? 0
      }
    }
    let between = (8...60).map { day.advanced(by: -$0) }.filter { !far.contains($0) }
    return (1...7).map { day.advanced(by: -$0) } + far + between
  }

  private func rank(_ call: PlannedCall) -> (Int, Int, Int64) {
    (lastUsed[call.device] == call.day ? 1 : 0, routeDays[call.device] ?? 0, -call.device.value)
  }
}
