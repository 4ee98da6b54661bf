import FleetModel
import Foundation
import Testing

@Suite struct `A UTC day` {
  @Test(arguments: ["1970-01-01", "2000-02-29", "2026-10-31", "1969-12-31", "2100-03-01"])
  func `is printed as it was read`(text: String) {
    #expect(UTCDay(text)?.description == text)
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-1-1", "20261031", "2026-10-31 ", "", "2026-00-10", "+026-10-31"])
  func `rejects other texts`(text: String) {
    #expect(UTCDay(text) == nil)
  }

  @Test func `agrees with the calendar over 400 years`() {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for number in stride(from: Int32(-40_000), to: 110_000, by: 13) {
      let day = UTCDay(number: number)
      let parts = calendar.dateComponents([.year, .month, .day], from: day.start)
      let expected = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
      #expect(day.description == expected)
      #expect(UTCDay(expected) == day)
    }
  }

  @Test func `contains its start but not its end`() {
    let day = UTCDay(number: 20_000)
    #expect(UTCDay(containing: day.start) == day)
    #expect(UTCDay(containing: day.end) == day.next)
    #expect(UTCDay(containing: day.end.addingTimeInterval(-0.001)) == day)
    #expect(UTCDay(containing: Date(timeIntervalSince1970: -1)).description == "1969-12-31")
  }
}

@Suite struct `A number with three decimals` {
  @Test(arguments: [(277_843_000, "277843.000"), (-5, "-0.005"), (1_050, "1.050"), (0, "0.000")])
  func `is printed exactly`(thousandths: Int64, text: String) {
    #expect(Decimal3(thousandths: thousandths).description == text)
  }
}

/// The table of the documentation of `DayState`, row by row.
@Suite struct `The state of a device-day` {
  let day = UTCDay(number: 20_000)

  func state(
    fetched hoursAfterEnd: Double?, routes: Int = 1, heard: Bool = false, atRest: Bool = false,
    laterRoute: Bool = false,
    sealed: Bool = false, settled: Bool = false
  ) -> DayState {
    DayState(
      of: day,
      given: DayEvidence(
        fetchedAt: hoursAfterEnd.map { day.end.addingTimeInterval($0 * 3600) }, routeCount: routes, wasHeardFrom: heard,
        wasAtRest: atRest, hasLaterRoute: laterRoute, isSealedEmpty: sealed, isSettled: settled))
  }

  @Test func `is pending without a response, and empty when lists prove it`() {
    #expect(state(fetched: nil, routes: 0) == .pending)
    #expect(state(fetched: nil, routes: 0, sealed: true) == .empty(.sealed))
    #expect(state(fetched: nil, routes: 1, sealed: true) == .pending, "another day's response told of a route")
    #expect(state(fetched: nil, routes: 0, settled: true) == .pending, "time alone proves nothing")
  }

  @Test func `is final only after its end, when heard from and at rest or with a later route`() {
    #expect(state(fetched: 1, heard: true, atRest: true) == .final(.proven))
    #expect(state(fetched: 0, heard: true, laterRoute: true) == .final(.proven))
    #expect(state(fetched: 1, routes: 0, heard: true, atRest: true) == .empty(.proven))
    #expect(state(fetched: -1, heard: true, atRest: true) == .provisional(.dayNotOver))
    #expect(state(fetched: 1, heard: true) == .provisional(.mayBeRunning))
    #expect(state(fetched: 1, atRest: true) == .provisional(.notHeard))
  }

  @Test func `is closed by a seal when it has no routes, and by the settling time`() {
    #expect(state(fetched: 1, routes: 0, sealed: true) == .empty(.sealed))
    #expect(
      state(fetched: -1, routes: 0, sealed: true) == .empty(.sealed), "a seal counts whenever the day was fetched")
    #expect(state(fetched: 1, routes: 1, sealed: true) == .provisional(.notHeard))
    #expect(state(fetched: 1, settled: true) == .final(.settled))
    #expect(state(fetched: 1, routes: 0, settled: true) == .empty(.settled))
    #expect(state(fetched: -1, routes: 0, settled: true) == .provisional(.dayNotOver), "it was never seen whole")
  }

  @Test func `reads back from its name and reason`() {
    let states: [DayState] = [
      .pending, .provisional(.notHeard), .provisional(.dayNotOver), .provisional(.mayBeRunning), .final(.proven),
      .final(.settled), .empty(.sealed), .empty(.proven),
    ]
    for state in states { #expect(DayState(name: state.name, reason: state.reason) == state) }
    #expect(DayState(name: "final", reason: nil) == nil)
    #expect(DayState(name: "odd", reason: nil) == nil)
  }
}
