import FleetModel
import Foundation
import Load
import Testing

@testable import Pipeline

@Suite struct `What the coming nights will need` {
  /// Monday, 12:00.
  let noon = Date(timeIntervalSince1970: 1_791_201_600)
  var today: UTCDay { UTCDay(containing: noon) }

  /// One run per night for some nights up to today, 200 s after midnight.
  private func runs(_ calls: [Int]) -> CallLedger.NightlyRuns {
    let starts = calls.indices.map { today.advanced(by: $0 + 1 - calls.count).start + 200 }
    return CallLedger.NightlyRuns(
      starts: starts,
      calls: zip(starts, calls).flatMap { start, calls in (0..<calls).map { start + Double($0) * 61 } })
  }

  private func outlook(
    _ runs: CallLedger.NightlyRuns, _ facts: [DeviceFacts] = fleet(of: 40), isTonightDone: Bool = true
  ) -> NightlyForecast {
    NightlyForecast(facts: facts, runs: runs, isTonightDone: isTonightDone, now: noon)
  }

  @Test func `is what nights needed on each weekday`() {
    #expect(today == UTCDay("2026-10-05"))
    // The nights after Friday and Thursday, Saturday and Sunday; the first one is left out.
    let outlook = outlook(runs([70, 30, 30, 30, 31, 33, 4, 2, 28, 30, 32, 35, 35, 6, 2]))
    #expect(outlook.knownNights == 14)
    #expect(outlook.expected.startAfterMidnight == 200)
    let byWeekday = outlook.expected.calls
    func calls(_ day: String) -> Double? { UTCDay(day).map { byWeekday[Int($0.number) % 7] } }
    #expect(calls("2026-10-05") == 2 && calls("2026-10-04") == 5 && calls("2026-10-03") == 34)
    #expect(calls("2026-09-29") == 29)
  }

  @Test func `leaves out a night that is not over`() {
    #expect(outlook(runs([9, 30, 2]), isTonightDone: false).knownNights == 1)
    #expect(outlook(runs([9, 30, 2])).knownNights == 2)
  }

  @Test func `counts a night without a run as one that needed nothing`() {
    var runs = runs([9, 30, 30, 30, 30, 30, 30, 30])
    runs.calls.removeAll { UTCDay(containing: $0) == today }
    #expect(outlook(runs).expected.calls[Int(today.number) % 7] == 0)
  }

  @Test func `comes from what is known about the days, if there was no nightly run`() {
    // Yesterday, a Sunday, and the day before are known; two weeks of both narrow the range.
    let facts = (0..<40).map { index in
      var device = DeviceFacts(device: DeviceID(Int64(index)), onlineAt: noon - 3600, heartbeatAt: noon)
      device.days[today.previous] = DayFacts(state: index < 4 ? .final(.proven) : .empty(.proven))
      device.days[today.advanced(by: -2)] = DayFacts(state: index < 10 ? .final(.proven) : .empty(.sealed))
      return device
    }
    let outlook = outlook(CallLedger.NightlyRuns(starts: [], calls: []), facts)
    #expect(outlook.knownNights == 2)
    #expect(outlook.expected.calls[Int(today.number) % 7] == 5)
    #expect(outlook.expected.calls[Int(today.previous.number) % 7] == 11)
    // Nothing is known about workdays: the range goes from a weekend's calls to all vehicles.
    let workday = Int(today.next.number) % 7
    #expect(outlook.expected.calls[workday] == 24.5)
    let (fewest, most) = outlook.extremes(overDays: 50)
    #expect(fewest.calls[workday] < 8 && most.calls[workday] == 41)
  }

  @Test func `infers the day before the only list from the last activity`() {
    var facts = fleet(of: 40)
    for index in facts.indices {
      let online = index < 30 ? today.previous.start + 3600 : today.start - 5 * 86_400
      facts[index].inactiveSpans = [InactiveSpan(lastActivity: online, heartbeat: today.start)]
    }
    let none = CallLedger.NightlyRuns(starts: [], calls: [])
    #expect(outlook(none, facts).knownNights == 1)
    #expect(outlook(none, facts).expected.calls[Int(today.number) % 7] == 31)
    // Ten silent vehicles are assumed to be like the others; eleven are too many.
    for index in 0..<10 { facts[index].inactiveSpans = [] }
    let afterSunday = outlook(none, facts).expected.calls[Int(today.number) % 7]
    let active = 20.0 * 40 / 30
    #expect(abs(afterSunday - active - 1) < 0.001)
    facts[10].inactiveSpans = []
    #expect(outlook(none, facts).knownNights == 0)
  }

  @Test func `is more certain the more nights are known`() {
    func width(_ nights: Int) -> Double {
      let outlook = outlook(runs(Array(repeating: 20, count: nights + 1)))
      let (fewest, most) = outlook.extremes(overDays: 50)
      return zip(fewest.calls, most.calls).map { $1 - $0 }.max() ?? 0
    }
    #expect(width(7) > 1.5 * width(28))
    #expect(width(28) > 1 && width(28) < 4)
  }
}

private func fleet(of count: Int) -> [DeviceFacts] {
  let noon = Date(timeIntervalSince1970: 1_791_201_600)
  return (0..<count).map { DeviceFacts(device: DeviceID(Int64($0)), onlineAt: noon - 3600, heartbeatAt: noon) }
}
