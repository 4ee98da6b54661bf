import FleetModel
import FoundationEssentials

/// Decides which device-days are due. Pure: same facts, same plan.
///
/// New days come first, the newest before the others because people look at those; then provisional days that can become final, then
/// retries, then the days of a range. Days that seals prove empty and days of silent or moving devices cost no call.
public struct Planner: Sendable {
  public init() {}

  public func plan(_ goal: Goal, facts: [DeviceFacts], now: Date) -> Plan {
    let yesterday = UTCDay(containing: now).previous
    var plan = Plan()
    for device in facts {
      for day in daysAsked(goal, of: device, yesterday: yesterday, plan: &plan) {
        switch decide(day, of: device, goal: goal, now: now) {
        case .call(let reason):
          plan.calls.append(
            PlannedCall(device: device.device, day: day, reason: reason, fetchedAt: device.days[day]?.fetchedAt))
        case .skip(let reason): plan.skipped.append(SkippedDay(device: device.device, day: day, reason: reason))
        }
      }
    }
    if case .nightly = goal { plan.night = night(yesterday, facts: facts, plan: plan) }
    plan.calls.sort { Self.rank($0) < Self.rank($1) }
    plan.skipped.sort { ($1.day, $0.device) < ($0.day, $1.device) }
    return plan
  }

  /// A device is judged when the list shows it heard from since the day's end, or the day is closed.
  private func night(_ day: UTCDay, facts: [DeviceFacts], plan: Plan) -> NightSummary {
    let listed = Set(facts.filter { $0.isListed && !$0.isRetired(day) }.map(\.device))
    let unjudged = plan.skipped.filter { skipped in
      skipped.day == day && listed.contains(skipped.device)
        && (skipped.reason == .notHeard || skipped.reason == .backingOff)
    }
    return NightSummary(day: day, listed: listed.count, judged: listed.count - unjudged.count)
  }

  private static func rank(_ call: PlannedCall) -> (Int, Int32, DeviceID) {
    let order =
      switch call.reason {
      case .newDay: 0
      case .provisional: 1
      case .retry: 2
      case .backfill, .refetch: 3
      case .points: 4
      case .odometer: 5
      }
    return (order, -call.day.number, call.device)
  }

  private func daysAsked(_ goal: Goal, of device: DeviceFacts, yesterday: UTCDay, plan: inout Plan) -> [UTCDay] {
    switch goal {
    case .backfill(let range, let devices, _, _):
      guard devices?.contains(device.device) ?? true, range.lowerBound <= yesterday else { return [] }
      return Array(range.lowerBound...min(range.upperBound, yesterday))
    case .nightly(let firstDays):
      var first = device.followedFrom
      if first == nil, device.isListed, !device.isRetired(yesterday) {
        let firstDay = yesterday.advanced(by: 1 - firstDays)
        plan.newlyFollowed.append(DeviceDayID(device: device.device, day: firstDay))
        first = firstDay
      }
      let followed = first.map { $0 <= yesterday ? Array($0...yesterday) : [] } ?? []
      // Earlier days are left to backfills, except those that were begun.
      let begun = device.days.filter { day, facts in
        first.map { day < $0 } ?? true && !facts.state.isClosed && (facts.fetchedAt != nil || facts.failedAttempts > 0)
      }
      return begun.keys.sorted()
        + followed.filter {
          !(device.days[$0]?.state.isClosed ?? false) && !device.isErased($0) && !device.isRetired($0)
        }
    }
  }

  /// Seconds. A failure that would wait longer was stamped by a wrong clock.
  private static let longestBackoff = 86_400.0

  private enum Decision {
    case call(PlannedCall.Reason)
    case skip(SkippedDay.Reason)
  }

  private func decide(_ day: UTCDay, of device: DeviceFacts, goal: Goal, now: Date) -> Decision {
    if device.isErased(day) { return .skip(.erased) }
    if device.isRetired(day) { return .skip(.retired) }
    let known = device.days[day] ?? DayFacts(state: .pending)
    if case .backfill(_, _, let refetch, let beyond) = goal, refetch || beyond && known.state == .beyondHistory {
      return device.isListed ? .call(.refetch) : .skip(.notListed)
    }
    if known.state == .beyondHistory { return .skip(.beyondHistory) }
    if known.state.isClosed { return .skip(.alreadyFinal) }
    if known.fetchedAt == nil, device.isSealedEmpty(day) { return .skip(.provenEmpty) }
    guard device.isListed else { return .skip(.notListed) }
    // A backfill fetches what there is. A nightly run waits until one call is enough.
    if case .backfill = goal, known.fetchedAt == nil {
      return .call(known.failedAttempts > 0 ? .retry : .backfill)
    }
    guard let heartbeat = device.heartbeatAt, heartbeat >= day.end else { return .skip(.notHeard) }
    // Routes rarely last longer than a day, and a vehicle that is moving at every list must not wait forever.
    let maySpanMidnight = device.isMoving && now < day.end.addingTimeInterval(86_400)
    if maySpanMidnight { return .skip(.moving) }
    if case .provisional(let reason) = known.state, let fetchedAt = known.fetchedAt {
      let isReasonGone =
        switch reason {
        case .dayNotOver, .notHeard: true
        // At rest and heard from since the fetch: if the fetch had included all activity, the state would be final already. For a
        // vehicle that is moving at every list, a heartbeat a day later is enough.
        case .mayBeRunning: heartbeat >= (device.isMoving ? fetchedAt.addingTimeInterval(86_400) : fetchedAt)
        case .heardAgain: true
        // No list can show that the reason is gone: after one day, then after twice the time each.
        case .pointsLeftOut, .routesAbsent, .routesPaged:
          now >= fetchedAt.addingTimeInterval(max(86_400, fetchedAt.timeIntervalSince(day.end)))
        case .odometerMismatch: known.recheckAt.map { now >= $0 } ?? false
        }
      guard isReasonGone else { return .skip(.nothingNew) }
    }
    if known.failedAttempts > 0 {
      if case .nightly = goal, let retryAt = known.retryAt, retryAt > now, retryAt <= now + Self.longestBackoff {
        return .skip(.backingOff)
      }
      return .call(.retry)
    }
    if case .provisional(let reason) = known.state {
      return .call(
        reason == .odometerMismatch ? .odometer : reason == .pointsLeftOut ? .points : .provisional)
    }
    return .call(.newDay)
  }
}
