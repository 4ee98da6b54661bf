import FleetModel
import FleetizeAPI
import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// A backfill of two years, newest days first, of a fleet whose vehicles drive on some days.
@Suite struct `The search for the end of the API's history` {
  private let today = UTCDay(number: 20_700)
  private var now: Date { today.start.addingTimeInterval(600) }

  /// What a backfill asked for, and why it ended.
  private struct Walk {
    var asked: [PlannedCall] = []
    var stop: StopReason?
  }

  private func walk(
    vehicles: Int64, days: Int32 = 730, known: [UTCDay] = [], failing: Set<UTCDay> = [],
    lastUsed: [DeviceID: UTCDay] = [:], routes: (DeviceID, UTCDay) -> Int
  ) -> Walk {
    let devices = (1...vehicles).map { DeviceID($0) }
    let facts = devices.map { device in
      DeviceFacts(
        device: device, onlineAt: lastUsed[device].map { $0.start.addingTimeInterval(3_600) },
        days: known.reduce(into: [:]) { $0[$1] = DayFacts(state: .final(.proven), fetchedAt: now, routeCount: 1) })
    }
    let calls = (1...days).flatMap { age in
      devices.map { PlannedCall(device: $0, day: today.advanced(by: -Int(age)), reason: .backfill) }
    }
    var agenda = Agenda()
    agenda.add(calls, searching: HistorySearch(facts, settlingDays: 14, now: now))
    var walk = Walk()
    do throws(StopReason) {
      while let call = try agenda.next() {
        walk.asked.append(call)
        var outcome = DayRebuilder.Outcome()
        outcome.routeCount = routes(call.device, call.day)
        let fault = Fault.vendorError(code: 1234, text: "")
        _ = agenda.note(failing.contains(call.day) ? .failed(fault) : .answered(outcome), of: call, now: now)
      }
    } catch {
      walk.stop = error
    }
    return walk
  }

  private func age(_ day: UTCDay) -> Int32 { today.number - day.number }

  @Test(arguments: [1, 2, 20, 100] as [Int64]) func `takes at most 20 calls beyond it, whatever the number of vehicles`(
    vehicles: Int64
  ) throws {
    let result = walk(vehicles: vehicles) { device, day in
      age(day) <= 90 && (day.number + Int32(device.value)) % 7 < 5 ? 1 : 0
    }
    #expect(result.asked.count { age($0.day) > 90 } <= 20)
    #expect(
      Set(result.asked.filter { age($0.day) <= 90 }).count == Int(vehicles) * 90, "all days before it are asked for")
    let stop = try #require(result.stop)
    guard case .historyEnds(let day, let notAsked) = stop else { return #expect(Bool(false), "\(stop)") }
    #expect(age(day) >= 84 && age(day) <= 90)
    #expect(notAsked == Int(vehicles) * 730 - result.asked.count)
  }

  /// Holidays of the whole fleet, of three weeks.
  @Test func `goes on where a probe finds a route, and asks for the days that it passed over`() {
    let result = walk(vehicles: 10) { _, day in (100...121).contains(age(day)) ? 0 : 1 }
    #expect(result.stop == nil)
    #expect(result.asked.count == 7_300 && Set(result.asked).count == 7_300)
  }

  @Test func `probes with the vehicle that drives most`() {
    let result = walk(vehicles: 5) { device, day in age(day) <= 60 && (device.value == 3 || age(day) % 9 == 0) ? 1 : 0 }
    let beyond = result.asked.filter { age($0.day) > 60 }
    #expect(beyond.count <= 20)
    #expect(beyond.dropFirst(5).hasOnly { $0.device == DeviceID(3) })
    let distances = beyond.dropFirst(5).map { age($0.day) - 61 }
    #expect(distances.prefix(7) == [1, 2, 3, 4, 5, 6, 7])
    let far = distances.dropFirst(7).prefix(6)
    #expect(
      zip(far, [14, 28, 56, 112, 224, 448] as [Int32]).allSatisfy { ($1...$1 + 6).contains($0) } && far.count == 6)
    // The backfill ends before the next distance, so the other probes are near.
    #expect(distances.dropFirst(13).count == 2 && distances.dropFirst(13).allSatisfy { (8...9).contains($0) })
  }

  /// Every distance that is a multiple of seven days falls on a weekend too.
  @Test func `passes over three weeks of holidays that begin on a weekend`() {
    func isWorkday(_ day: UTCDay) -> Bool { day.number % 7 < 5 }
    guard let weekend = (100...107).first(where: { !isWorkday(today.advanced(by: -$0)) }) else { return }
    let result = walk(vehicles: 10) { _, day in
      isWorkday(day) && !(weekend...weekend + 21).contains(Int(age(day))) ? 1 : 0
    }
    #expect(result.stop == nil && result.asked.count == 7_300)
  }

  @Test func `leaves no day of a range that begins with a weekend`() {
    let result = walk(vehicles: 30, days: 40) { _, day in age(day) <= 37 ? 1 : 0 }
    #expect(result.stop == nil && result.asked.count == 1_200)
  }

  @Test func `probes with a vehicle that was last used on the day`() {
    let used = today.advanced(by: -70)
    let result = walk(vehicles: 5, lastUsed: [DeviceID(4): used]) { device, day in
      age(day) <= 60 || device.value == 4 && day == used ? 1 : 0
    }
    #expect(result.asked.contains { $0.device == DeviceID(4) && $0.day == used })
    #expect(Set(result.asked.filter { age($0.day) <= 70 }).count == 5 * 70)
  }

  @Test func `is not begun for days that are assumed to be served, or younger than a known route`() {
    #expect(walk(vehicles: 10, days: 13) { _, _ in 0 }.stop == nil)
    let result = walk(vehicles: 10, days: 200, known: [today.advanced(by: -300)]) { _, _ in 0 }
    #expect(result.stop == nil && result.asked.count == 2_000)
  }

  @Test func `proves nothing when a probe fails`() {
    let wall = (1...730).map { today.advanced(by: -$0) }.filter { age($0) > 90 }
    let result = walk(vehicles: 3, failing: Set(wall.filter { age($0) > 100 })) { _, day in age(day) <= 90 ? 1 : 0 }
    #expect(result.stop == nil)
  }

  @Test func `tells which part of a price is uncertain`() throws {
    let facts = [
      DeviceFacts(
        device: DeviceID(1),
        days: [today.advanced(by: -40): DayFacts(state: .final(.proven), fetchedAt: now, routeCount: 2)])
    ]
    let search = HistorySearch(facts, settlingDays: 14, now: now)
    #expect(!search.isUncertain(today.advanced(by: -40)))
    #expect(search.isUncertain(today.advanced(by: -41)))
    let unknown = HistorySearch([], settlingDays: 14, now: now)
    #expect(!unknown.isUncertain(today.advanced(by: -14)))
    #expect(unknown.isUncertain(today.advanced(by: -15)))
  }
}
