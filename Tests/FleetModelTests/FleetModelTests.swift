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
    laterRoute: Bool = false, sealed: Bool = false, settled: Bool = false, doubt: DayState.OpenReason? = nil,
    heardLater: Bool = false, withinReach: Bool = true
  ) -> DayState {
    DayState(
      of: day,
      given: DayEvidence(
        fetchedAt: hoursAfterEnd.map { day.end.addingTimeInterval($0 * 3600) }, routeCount: routes, doubt: doubt,
        wasHeardFrom: heard, wasAtRest: atRest, hasLaterRoute: laterRoute, isSealedEmpty: sealed, isSettled: settled,
        wasHeardLater: heardLater, isWithinReach: withinReach))
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

  @Test(arguments: [DayState.OpenReason.routesAbsent, .routesPaged])
  func `stays open while its response leaves a doubt, unless a seal or the settling time closes it`(
    doubt: DayState.OpenReason
  ) {
    #expect(state(fetched: 1, heard: true, atRest: true, doubt: doubt) == .provisional(doubt))
    #expect(state(fetched: 1, routes: 0, heard: true, atRest: true, doubt: doubt) == .provisional(doubt))
    #expect(state(fetched: 1, doubt: doubt) == .provisional(doubt))
    #expect(state(fetched: -1, doubt: doubt) == .provisional(.dayNotOver))
    #expect(state(fetched: 1, routes: 0, sealed: true, doubt: doubt) == .empty(.sealed))
    #expect(state(fetched: 1, settled: true, doubt: doubt) == .final(.settled))
  }

  @Test func `opens again when a settled day's device is heard from for the first time since`() {
    #expect(state(fetched: 1, settled: true, heardLater: true) == .provisional(.heardAgain))
    #expect(state(fetched: 1, routes: 0, settled: true, heardLater: true) == .provisional(.heardAgain))
    #expect(state(fetched: 1, heard: true, settled: true, heardLater: true) == .final(.settled))
    #expect(state(fetched: 1, heard: true, atRest: true, settled: true, heardLater: true) == .final(.proven))
    #expect(state(fetched: 1, routes: 0, sealed: true, settled: true, heardLater: true) == .empty(.sealed))
    #expect(state(fetched: 1, heardLater: true) == .provisional(.notHeard), "it has not settled yet")
  }

  @Test func `lies beyond the API's history when it has no routes and is older than any day with routes`() {
    #expect(state(fetched: 1, routes: 0, heard: true, atRest: true, withinReach: false) == .beyondHistory)
    #expect(state(fetched: 1, routes: 0, settled: true, withinReach: false) == .beyondHistory)
    #expect(state(fetched: 1, routes: 0, doubt: .routesAbsent, withinReach: false) == .beyondHistory)
    #expect(state(fetched: 1, routes: 0, sealed: true, withinReach: false) == .empty(.sealed))
    #expect(state(fetched: 1, routes: 1, heard: true, atRest: true, withinReach: false) == .final(.proven))
    #expect(state(fetched: -1, routes: 0, withinReach: false) == .provisional(.dayNotOver))
    #expect(state(fetched: nil, routes: 0, withinReach: false) == .pending)
    #expect(DayState.beyondHistory.isClosed)
  }

  @Test func `reads back from its name and reason`() {
    let states: [DayState] =
      [.pending, .beyondHistory] + DayState.OpenReason.allCases.map { .provisional($0) }
      + DayState.ClosedReason.allCases.flatMap { [.final($0), .empty($0)] }
    for state in states { #expect(DayState(name: state.name, reason: state.reason) == state) }
    #expect(DayState(name: "final", reason: nil) == nil)
    #expect(DayState(name: "odd", reason: nil) == nil)
  }
}
