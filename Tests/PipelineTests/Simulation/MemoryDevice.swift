import FleetModel
import Foundation

/// What the tables would contain about one device: readings, routes, checkpoints. The evidence for a day's state is computed here a second
/// time, in Swift; `EvidenceTests` compares it with that of the database.
struct MemoryDevice {
  var facts: DeviceFacts
  private(set) var routes: [UTCDay: [Date]] = [:]
  private var readings: [Seen] = []
  /// What the latest response for a day says about the device.
  private var ownReadings: [UTCDay: DeviceReading] = [:]
  /// The days that are not closed, and those that are closed without proof.
  private var openDays: Set<UTCDay> = []
  private(set) var listAnswered = Date.distantPast
  private var latestFetch = Date.distantPast
  /// When the first response with an activity time was received.
  private var firstActivityTold: Date?

  private struct Seen {
    var isList: Bool
    var readAt: Date
    var answeredAt: Date
    var heartbeatAt: Date?
    var onlineAt: Date?
    var isOnlineUnusable: Bool
    var isParked: Bool
  }

  init(_ device: DeviceID) {
    facts = DeviceFacts(device: device)
  }

  mutating func add(_ reading: DeviceReading, isList: Bool, requestedAt: Date, answeredAt: Date) {
    let seen = Seen(
      isList: isList, readAt: reading.readAt(requestedAt: requestedAt), answeredAt: answeredAt,
      heartbeatAt: reading.heartbeatAt, onlineAt: reading.onlineAt, isOnlineUnusable: reading.isOnlineUnusable,
      isParked: reading.statusCode == 1)
    let place = readings.lastIndex { $0.readAt <= seen.readAt }.map { $0 + 1 } ?? 0
    readings.insert(seen, at: place)
    if seen.onlineAt != nil || seen.isOnlineUnusable {
      firstActivityTold = min(answeredAt, firstActivityTold ?? answeredAt)
    }
    guard isList else { return }
    if answeredAt >= listAnswered {
      listAnswered = answeredAt
      (facts.onlineAt, facts.heartbeatAt, facts.isParked) = (seen.onlineAt, seen.heartbeatAt, seen.isParked)
    }
    guard let heartbeat = seen.heartbeatAt, let activity = lastActivity(seen) else { return }
    let span = InactiveSpan(lastActivity: activity == .distantPast ? nil : activity, heartbeat: heartbeat)
    if let known = facts.inactiveSpans.lastIndex(where: { $0.lastActivity == span.lastActivity }) {
      facts.inactiveSpans[known].heartbeat = max(heartbeat, facts.inactiveSpans[known].heartbeat)
    } else {
      facts.inactiveSpans.append(span)
    }
  }

  /// Adds a response for a day, unless a later one is known.
  mutating func add(_ response: DayResponse) {
    let day = response.askedDay
    if let known = facts.days[day]?.fetchedAt, known > response.requestedAt { return }
    latestFetch = max(latestFetch, response.requestedAt)
    ownReadings[day] = response.reading
    routes[day] = response.routes.map(\.departedAt)
    let state = facts.days[day]?.state ?? .pending
    facts.days[day] = DayFacts(state: state, fetchedAt: response.requestedAt)
    if !state.isClosed { openDays.insert(day) }
  }

  mutating func add(pending day: UTCDay) {
    guard facts.days[day] == nil else { return }
    facts.days[day] = DayFacts(state: .pending)
    openDays.insert(day)
  }

  mutating func noteFailure(_ day: UTCDay, attempts: Int, retryAt: Date) {
    facts.days[day]?.failedAttempts = attempts
    facts.days[day]?.retryAt = retryAt
  }

  /// Reviews the days without proof, those without a response only if a device list came, the day named, and, when responses are loaded
  /// out of order, those fetched since the response was requested.
  mutating func review(
    _ named: UTCDay? = nil, since: Date, includingPending: Bool, served: [ServedDay], settlingDays: Int
  ) {
    var days = openDays.filter { includingPending || facts.days[$0]?.fetchedAt != nil }
    if let named { days.insert(named) }
    if since <= latestFetch { days.formUnion(facts.days.filter { $0.value.fetchedAt ?? .distantPast >= since }.keys) }
    for day in days {
      let state = DayState(of: day, given: evidence(for: day, served: served, settlingDays: settlingDays))
      facts.days[day]?.state = state
      let isProven =
        switch state {
        case .final(let reason), .empty(let reason): reason != .settled
        case .pending, .provisional, .beyondHistory: false
        }
      if isProven { openDays.remove(day) } else { openDays.insert(day) }
    }
  }

  func evidence(for day: UTCDay, served: [ServedDay], settlingDays: Int) -> DayEvidence {
    let fetchedAt = facts.days[day]?.fetchedAt
    let heardBefore = fetchedAt.flatMap { fetchedAt in
      readings.last { $0.heartbeatAt != nil && $0.answeredAt <= fetchedAt }?.heartbeatAt
    }
    let heardAt = [heardBefore, ownReadings[day]?.heartbeatAt].compactMap(\.self).max()
    let saysParked = ownReadings[day].map { $0.statusCode == 1 && $0.heartbeatAt ?? .distantPast >= day.end } ?? false
    let isOver = day.end + Double(settlingDays) * 86_400
    var evidence = DayEvidence(
      fetchedAt: fetchedAt, routeCount: routes[day]?.count ?? 0, wasHeardFrom: heardAt.map { $0 >= day.end } ?? false,
      wasAtRest: saysParked, hasLaterRoute: hasRoute(from: day.end, to: heardAt), isSealedEmpty: false,
      isSettled: fetchedAt != nil && listAnswered >= isOver)
    if let fetchedAt {
      let age = Int(UTCDay(containing: fetchedAt).number - day.number)
      evidence.isWithinReach = fetchedAt <= isOver || served.contains { $0.vouches(for: day, ofAge: age) }
    }
    for seen in readings.reversed() {
      guard seen.readAt >= day.end else { break }
      guard let heartbeat = seen.heartbeatAt, heartbeat >= day.end else { continue }
      evidence.wasHeardLater =
        evidence.wasHeardLater || seen.isList && fetchedAt.map { seen.answeredAt > $0 } ?? false
      let activity = lastActivity(seen) ?? .distantFuture
      if let fetchedAt {
        let isTold = heartbeat >= fetchedAt && heardAt.map { activity < $0 } ?? false
        let isParked = seen.isParked && seen.answeredAt <= fetchedAt
        evidence.wasAtRest = evidence.wasAtRest || activity < day.end || isParked || isTold
      }
      evidence.isSealedEmpty =
        evidence.isSealedEmpty || evidence.routeCount == 0 && seen.isList && activity < day.start
    }
    return evidence
  }

  private func hasRoute(from start: Date, to end: Date?) -> Bool {
    guard let end, start <= end else { return false }
    return (UTCDay(containing: start)...UTCDay(containing: end)).contains { day in
      routes[day]?.contains { start <= $0 && $0 <= end } ?? false
    }
  }

  /// `.distantPast` if never active; nil if unknown.
  private func lastActivity(_ seen: Seen) -> Date? {
    if seen.isOnlineUnusable { return nil }
    if let online = seen.onlineAt { return online }
    return firstActivityTold.map { $0 > seen.answeredAt } ?? true ? .distantPast : nil
  }
}
