import FleetModel
import Foundation
import Testing

@testable import Pipeline

@Suite struct `The order of calls` {
  @Test func `is newest ended days, then provisional days, then retries, then the days of a range`() {
    let device = DeviceFacts.atRest(
      followedFrom: today.advanced(by: -5),
      days: [
        today.advanced(by: -5): DayFacts(state: .provisional(.notHeard), fetchedAt: today.advanced(by: -4).start),
        today.advanced(by: -4): .failed(attempts: 1, retryAt: today.start),
        today.advanced(by: -3): DayFacts(state: .final(.proven), fetchedAt: today.start),
      ])
    let night = Planner().plan(.nightly(firstDays: 1), facts: [device], now: soon)
    #expect(
      night.calls.map(\.line) == [
        "492 2026-10-04 new_day", "492 2026-10-03 new_day", "492 2026-09-30 provisional", "492 2026-10-01 retry",
      ])
    let range = Planner().plan(.days(-5, -1), facts: [device], now: soon)
    #expect(
      range.calls.map(\.line) == [
        "492 2026-09-30 provisional", "492 2026-10-01 retry", "492 2026-10-04 backfill", "492 2026-10-03 backfill",
      ])
  }

  @Test func `is by day before it is by device`() {
    let devices = [DeviceID(493), DeviceID(492)].map {
      DeviceFacts.atRest($0, followedFrom: today.advanced(by: -2))
    }
    #expect(
      night(devices).calls.map(\.line) == [
        "492 2026-10-04 new_day", "493 2026-10-04 new_day", "492 2026-10-03 new_day", "493 2026-10-03 new_day",
      ])
  }
}

@Suite struct `The nightly run` {
  @Test func `calls for yesterday, and not for today`() {
    #expect(night([.atRest()]).calls.map(\.line) == ["492 2026-10-04 new_day"])
    #expect(night([.atRest()]).askedDays == 1)
  }

  @Test(arguments: [(1, 1), (3, 3), (0, 0)]) func `covers a new device for the first days`(
    firstDays: Int, days: Int
  ) {
    let plan = Planner().plan(.nightly(firstDays: firstDays), facts: [.atRest(followedFrom: nil)], now: soon)
    #expect(plan.calls.map(\.day) == (0..<days).map { today.advanced(by: -1 - $0) })
    #expect(plan.newlyFollowed == [DeviceDayID(device: DeviceID(492), day: today.advanced(by: -firstDays))])
  }

  @Test func `does not ask for days of a retired vehicle, nor count it among those that should be heard`() {
    var device = DeviceFacts.atRest(followedFrom: today.advanced(by: -4))
    device.retiredFrom = today.advanced(by: -2)
    let plan = night([device])
    #expect(plan.calls.map(\.day) == [today.advanced(by: -3), today.advanced(by: -4)])
    #expect(plan.night?.listed == 0)
    let range = Planner().plan(.days(-5, -1), facts: [device], now: soon)
    #expect(range.skipped(.retired).map(\.day) == [today.advanced(by: -1), today.advanced(by: -2)])
    #expect(!range.coveredDays.contains { device.isRetired($0.day) })
    device.followedFrom = nil
    #expect(night([device]).newlyFollowed.isEmpty)
  }

  @Test func `does not follow a device that no list has contained yet`() {
    var device = DeviceFacts.atRest(followedFrom: nil)
    device.isListed = false
    let plan = night([device])
    #expect(plan.newlyFollowed.isEmpty)
    #expect(plan.askedDays == 0)
  }

  @Test func `catches up on missed nights`() {
    let device = DeviceFacts.atRest(
      onlineAt: today.start - 3600, followedFrom: today.advanced(by: -9),
      days: [today.advanced(by: -9): .closed, today.advanced(by: -8): .closed])
    #expect(night([device]).calls.map(\.day) == (1...7).map { today.advanced(by: -$0) })
  }

  @Test func `ignores days outside its range that were not begun, and finishes those that were`() {
    let device = DeviceFacts.atRest(
      days: [
        today.advanced(by: -40): DayFacts(state: .pending),
        today.advanced(by: -41): DayFacts(state: .provisional(.notHeard), fetchedAt: today.advanced(by: -39).start),
        today.advanced(by: -42): .failed(attempts: 3, retryAt: today.start),
        today.advanced(by: -1): .closed,
      ])
    #expect(night([device]).calls.map(\.line) == ["492 2026-08-25 provisional", "492 2026-08-24 retry"])
  }

  @Test func `skips a silent device`() {
    #expect(night([.atRest(heartbeatAt: today.start - 1)]).skipped.map(\.line) == ["492 2026-10-04 not_heard"])
    #expect(night([.atRest(heartbeatAt: nil)]).skipped.map(\.line) == ["492 2026-10-04 not_heard"])
  }

  @Test func `counts a heartbeat at exactly 00.00.00 as heard from`() {
    #expect(night([.atRest(heartbeatAt: today.start)]).calls.map(\.line) == ["492 2026-10-04 new_day"])
  }

  @Test func `skips a moving vehicle`() {
    let heartbeat = today.start + 240
    #expect(
      night([.atRest(onlineAt: heartbeat, heartbeatAt: heartbeat)]).skipped.map(\.line) == ["492 2026-10-04 moving"])
  }

  @Test func `calls for a vehicle that has arrived, even if it was active a moment ago`() {
    var device = DeviceFacts.atRest(onlineAt: today.start + 240, heartbeatAt: today.start + 240)
    device.isParked = true
    #expect(night([device]).calls.map(\.line) == ["492 2026-10-04 new_day"])
  }

  @Test func `calls a day later for a vehicle that is moving at every list`() {
    let heartbeat = today.start + 240
    let device = DeviceFacts.atRest(
      onlineAt: heartbeat, heartbeatAt: heartbeat, followedFrom: today.advanced(by: -2))
    let plan = night([device])
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 new_day"])
    #expect(plan.skipped.map(\.line) == ["492 2026-10-04 moving"])
  }

  @Test func `skips a device that is not listed, and keeps its day open`() {
    var device = DeviceFacts.atRest()
    device.isListed = false
    #expect(night([device]).skipped.map(\.line) == ["492 2026-10-04 not_listed"])
  }

  @Test func `skips a failed day until its backoff is over`() {
    func plan(retryAt: Date) -> Plan {
      night([.atRest(days: [today.previous: .failed(attempts: 2, retryAt: retryAt)])])
    }
    #expect(plan(retryAt: soon + 1).skipped.map(\.line) == ["492 2026-10-04 backing_off"])
    #expect(plan(retryAt: soon).calls.map(\.line) == ["492 2026-10-04 retry"])
  }
}

@Suite struct `A day that seals prove empty` {
  private let seal = InactiveSpan(lastActivity: today.advanced(by: -3).start, heartbeat: today.start)

  @Test func `needs no call if the heartbeat is exactly the day's end`() {
    let plan = night([.atRest(inactiveSpans: [seal])])
    #expect(plan.calls.isEmpty)
    #expect(plan.skipped.map(\.line) == ["492 2026-10-04 proven_empty"])
  }

  @Test func `needs no call from a backfill either`() {
    let plan = Planner().plan(.days(-3, -1), facts: [.atRest(inactiveSpans: [seal])], now: soon)
    #expect(plan.calls.map(\.line) == ["492 2026-10-02 backfill"])
    #expect(plan.skipped.map(\.line) == ["492 2026-10-04 proven_empty", "492 2026-10-03 proven_empty"])
  }

  @Test func `is any ended day of a device that was never active`() {
    let plan = night([.atRest(onlineAt: nil, inactiveSpans: [InactiveSpan(lastActivity: nil, heartbeat: today.start)])])
    #expect(plan.skipped.map(\.line) == ["492 2026-10-04 proven_empty"])
  }

  @Test func `needs the last activity before its first second and a heartbeat at or after its end`() {
    let spans = [
      InactiveSpan(lastActivity: today.previous.start, heartbeat: today.start),
      InactiveSpan(lastActivity: today.previous.start - 1, heartbeat: today.start - 1),
    ]
    #expect(night([.atRest(inactiveSpans: spans)]).calls.map(\.line) == ["492 2026-10-04 new_day"])
  }

  @Test func `may be proven by an earlier list than the current one`() {
    let spans = [seal, InactiveSpan(lastActivity: today.start + 60, heartbeat: today.start + 120)]
    #expect(night([.atRest(inactiveSpans: spans)]).calls.isEmpty)
    #expect(night([.atRest(inactiveSpans: spans.reversed())]).calls.isEmpty)
  }

  @Test func `is proven even if the device is no longer listed`() {
    var device = DeviceFacts.atRest(inactiveSpans: [seal])
    device.isListed = false
    #expect(night([device]).skipped.map(\.line) == ["492 2026-10-04 proven_empty"])
  }
}

@Suite struct `A day beyond the API's history` {
  private func line(refetch: Bool, beyond: Bool) -> String? {
    let day = today.advanced(by: -200)
    let facts = DeviceFacts.atRest(days: [day: DayFacts(state: .beyondHistory, fetchedAt: today.start)])
    let goal = Goal.backfill(day...day, devices: nil, refetch: refetch, beyond: beyond)
    let plan = Planner().plan(goal, facts: [facts], now: soon)
    return plan.calls.first?.line ?? plan.skipped.first?.line
  }

  @Test func `is fetched again only when somebody asks for it by name`() {
    #expect(line(refetch: false, beyond: false) == "492 2026-03-19 beyond_history")
    #expect(line(refetch: true, beyond: false) == "492 2026-03-19 refetch")
    #expect(line(refetch: false, beyond: true) == "492 2026-03-19 refetch")
  }

  @Test func `is the only closed day that --beyond asks for`() {
    let day = today.advanced(by: -200)
    let facts = DeviceFacts.atRest(days: [day: DayFacts(state: .empty(.proven), fetchedAt: today.start)])
    let goal = Goal.backfill(day...day, devices: nil, refetch: false, beyond: true)
    #expect(Planner().plan(goal, facts: [facts], now: soon).skipped.map(\.line) == ["492 2026-03-19 already_final"])
  }
}

@Suite struct `What a night could judge` {
  @Test func `counts the listed devices heard from since the end of yesterday`() {
    let silent = DeviceFacts.atRest(
      DeviceID(493), onlineAt: today.previous.start, heartbeatAt: today.start - 1, followedFrom: today.previous)
    var gone = silent
    gone.isListed = false
    #expect(night([.atRest(), silent]).night == NightSummary(day: today.previous, listed: 2, judged: 1))
    #expect(night([silent, gone]).night == NightSummary(day: today.previous, listed: 1, judged: 0))
    #expect(night([silent]).night?.isSilent == true)
    #expect(night([]).night?.isSilent == false)
    #expect(Planner().plan(.days(-5, -1), facts: [silent], now: soon).night == nil)
  }
}

@Suite struct `A provisional day` {
  private let fetched = today.advanced(by: -1).start + 300

  private func plan(
    _ reason: DayState.OpenReason, online: Date, heartbeat: Date, goal: Goal = .nightly(firstDays: 1)
  ) -> Plan {
    let day = today.advanced(by: -2)
    let device = DeviceFacts.atRest(
      onlineAt: online, heartbeatAt: heartbeat, followedFrom: day,
      days: [day: DayFacts(state: .provisional(reason), fetchedAt: fetched), today.previous: .closed])
    return Planner().plan(goal, facts: [device], now: soon)
  }

  @Test(arguments: [DayState.OpenReason.notHeard, .mayBeRunning, .dayNotOver])
  func `costs no call while the device is silent`(reason: DayState.OpenReason) {
    let before = today.advanced(by: -1).start - 60
    #expect(plan(reason, online: before, heartbeat: before).skipped.map(\.line) == ["492 2026-10-03 not_heard"])
  }

  @Test(arguments: [DayState.OpenReason.notHeard, .dayNotOver])
  func `is fetched again when the device has been heard from`(reason: DayState.OpenReason) {
    let plan = plan(reason, online: today.previous.start - 60, heartbeat: today.start)
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 provisional"])
  }

  /// Fetched 12 h after its end: asked for again 24 h later; fetched 3 days after it, 3 days later.
  @Test(arguments: [(12.0, 35.9, false), (12, 36, true), (72, 143.9, false), (72, 144, true)])
  func `that left a doubt is fetched again after a day, and then after twice the time`(
    fetched: Double, asked: Double, isDue: Bool
  ) {
    let day = today.advanced(by: -20)
    func hours(_ hours: Double) -> Date { day.end.addingTimeInterval(hours * 3_600) }
    for reason in [DayState.OpenReason.routesAbsent, .routesPaged] {
      let facts = DeviceFacts.atRest(
        onlineAt: day.start, heartbeatAt: hours(asked), followedFrom: today.previous,
        days: [day: DayFacts(state: .provisional(reason), fetchedAt: hours(fetched))])
      let plan = Planner().plan(.backfill(day...day, devices: nil, refetch: false), facts: [facts], now: hours(asked))
      #expect(plan.calls.count == (isDue ? 1 : 0))
    }
  }

  @Test func `whose odometer disagrees is fetched again last of all, once that can settle it`() {
    let day = today.advanced(by: -2)
    func plan(recheckAt: Date) -> Plan {
      night([
        .atRest(
          followedFrom: day,
          days: [
            day: DayFacts(state: .provisional(.odometerMismatch), fetchedAt: fetched, recheckAt: recheckAt),
            today.advanced(by: -1): .failed(attempts: 1, retryAt: today.start),
          ])
      ])
    }
    #expect(plan(recheckAt: soon).calls.map(\.line) == ["492 2026-10-04 retry", "492 2026-10-03 odometer"])
    #expect(plan(recheckAt: soon + 1).calls.map(\.line) == ["492 2026-10-04 retry"])
  }

  @Test func `that was heard again after it settled is fetched again`() {
    let plan = plan(.heardAgain, online: today.previous.start - 60, heartbeat: today.start)
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 provisional"])
  }

  @Test func `whose vehicle was moving is fetched again once it has come to rest`() {
    let plan = plan(.mayBeRunning, online: today.start - 7200, heartbeat: today.start)
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 provisional"])
  }

  @Test func `whose vehicle was moving is fetched again once what it held back has arrived`() {
    // Active before the fetch but heard from only after it: if the fetch had included that, the day would be final.
    let plan = plan(.mayBeRunning, online: fetched - 60, heartbeat: today.start)
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 provisional"])
  }

  @Test func `whose vehicle is still moving is skipped`() {
    let plan = plan(.mayBeRunning, online: today.start + 60, heartbeat: today.start + 60)
    #expect(plan.skipped.map(\.line) == ["492 2026-10-03 nothing_new"])
  }

  @Test func `whose vehicle is moving at every list is fetched again a day after the fetch`() {
    let plan = plan(.mayBeRunning, online: fetched + 86_400, heartbeat: fetched + 86_400)
    #expect(plan.calls.map(\.line) == ["492 2026-10-03 provisional"])
  }

  @Test func `whose vehicle has not been heard from since the fetch is skipped`() {
    let plan = plan(.mayBeRunning, online: fetched - 900, heartbeat: fetched - 60)
    #expect(plan.skipped.map(\.line) == ["492 2026-10-03 nothing_new"])
  }

  @Test func `is not fetched blindly by a backfill`() {
    let before = today.advanced(by: -1).start - 60
    let plan = plan(.notHeard, online: before, heartbeat: before, goal: .days(-2, -2))
    #expect(plan.skipped.map(\.line) == ["492 2026-10-03 not_heard"])
  }
}

@Suite struct `A closed day` {
  private let closed: [DayState] = [
    .final(.proven), .final(.settled), .empty(.sealed), .empty(.proven), .empty(.settled),
  ]

  @Test func `is never called for again`() {
    for state in closed {
      let device = DeviceFacts.atRest(days: [today.previous: DayFacts(state: state, fetchedAt: today.start)])
      #expect(night([device]).askedDays == 0)
      let range = Planner().plan(.days(-1, -1), facts: [device], now: soon)
      #expect(range.skipped.map(\.line) == ["492 2026-10-04 already_final"])
    }
  }

  @Test func `is called for by a refetch`() {
    for state in closed {
      let device = DeviceFacts.atRest(days: [today.previous: DayFacts(state: state, fetchedAt: today.start)])
      let plan = Planner().plan(.days(-1, -1, refetch: true), facts: [device], now: soon)
      #expect(plan.calls.map(\.line) == ["492 2026-10-04 refetch"])
    }
  }
}

@Suite struct `A backfill` {
  @Test func `fetches the days of silent and moving devices too`() {
    let silent = DeviceFacts.atRest(heartbeatAt: today.advanced(by: -3).start)
    let moving = DeviceFacts.atRest(DeviceID(493), onlineAt: soon, heartbeatAt: soon)
    let plan = Planner().plan(.days(-1, -1), facts: [silent, moving], now: soon)
    #expect(plan.calls.map(\.line) == ["492 2026-10-04 backfill", "493 2026-10-04 backfill"])
  }

  @Test func `does not call for devices that are not listed`() {
    var device = DeviceFacts.atRest()
    device.isListed = false
    let plan = Planner().plan(.days(-1, -1), facts: [device], now: soon)
    #expect(plan.skipped.map(\.line) == ["492 2026-10-04 not_listed"])
    let refetch = Planner().plan(.days(-1, -1, refetch: true), facts: [device], now: soon)
    #expect(refetch.skipped.map(\.line) == ["492 2026-10-04 not_listed"])
  }

  @Test func `is not held up by a backoff`() {
    let device = DeviceFacts.atRest(days: [today.previous: .failed(attempts: 6, retryAt: soon + 86_400)])
    let plan = Planner().plan(.days(-1, -1), facts: [device], now: soon)
    #expect(plan.calls.map(\.line) == ["492 2026-10-04 retry"])
  }

  @Test func `ends yesterday, even if the range goes on`() {
    #expect(Planner().plan(.days(-2, 5), facts: [.atRest()], now: soon).calls.map(\.day).max() == today.previous)
    #expect(Planner().plan(.days(0, 5), facts: [.atRest()], now: soon).askedDays == 0)
  }

  @Test func `asks only for the named devices`() {
    let plan = Planner().plan(
      .days(-1, -1, devices: [DeviceID(493)]), facts: [.atRest(), .atRest(DeviceID(493))], now: soon)
    #expect(plan.calls.map(\.line) == ["493 2026-10-04 backfill"])
    #expect(plan.skipped.isEmpty)
  }

  @Test func `does not make nightly runs follow a device`() {
    #expect(Planner().plan(.days(-1, -1), facts: [.atRest(followedFrom: nil)], now: soon).newlyFollowed.isEmpty)
  }
}

private let today = UTCDay("2026-10-05") ?? UTCDay(number: 0)
/// When cron starts the nightly run.
private let soon = today.start + 300

private func night(_ facts: [DeviceFacts]) -> Plan {
  Planner().plan(.nightly(firstDays: 1), facts: facts, now: soon)
}

extension Goal {
  /// A range counted in days from today.
  fileprivate static func days(
    _ first: Int, _ last: Int, devices: Set<DeviceID>? = nil, refetch: Bool = false
  ) -> Goal {
    .backfill(today.advanced(by: first)...today.advanced(by: last), devices: devices, refetch: refetch)
  }
}

extension DeviceFacts {
  /// A vehicle that was active yesterday, came to rest in the evening and sends a heartbeat every hour.
  fileprivate static func atRest(
    _ device: DeviceID = DeviceID(492), onlineAt: Date? = today.start - 7200, heartbeatAt: Date? = today.start,
    followedFrom: UTCDay? = today.previous, days: [UTCDay: DayFacts] = [:], inactiveSpans: [InactiveSpan] = []
  ) -> DeviceFacts {
    DeviceFacts(
      device: device, onlineAt: onlineAt, heartbeatAt: heartbeatAt, followedFrom: followedFrom, days: days,
      inactiveSpans: inactiveSpans)
  }
}

extension DayFacts {
  fileprivate static let closed = DayFacts(state: .final(.proven), fetchedAt: today.start)

  fileprivate static func failed(attempts: Int, retryAt: Date) -> DayFacts {
    DayFacts(state: .pending, failedAttempts: attempts, retryAt: retryAt)
  }
}

extension PlannedCall {
  fileprivate var line: String { "\(device) \(day) \(reason.rawValue)" }
}

extension SkippedDay {
  fileprivate var line: String { "\(device) \(day) \(reason.rawValue)" }
}
