import Extract
import FleetModel
import Foundation
import Testing

@testable import Pipeline

@Suite struct `The forecast of a backfill's end` {
  let noon = Date(timeIntervalSince1970: 1_791_201_600)

  func end(
    _ calls: Int, quota: Int = 100, interval: Double = 60, reserve: Int, night nightCalls: Double, used: Int = 0,
    startAfterMidnight: Double = 0
  )
    throws -> Double?
  {
    let pacing = try Pacing(requestInterval: interval, dailyCalls: quota)
    let ends = (0..<used).map { noon.addingTimeInterval(Double($0 - used) * 60) }
    return Forecast(
      pacing: pacing, reserve: reserve,
      nights: NightlyDemand(startAfterMidnight: startAfterMidnight, calls: Array(repeating: nightCalls, count: 7))
    ).end(
      of: calls, from: LedgerSnapshot(lastEndOnEgress: ends.last, accountEnds: ends),
      night: UTCDay(containing: noon).end, now: noon
    ).map { $0.timeIntervalSince(noon) / 3600 }
  }

  @Test func `is one interval and one call each if the quota suffices`() throws {
    let hours = try #require(try end(10, reserve: 0, night: 0))
    #expect(abs(hours - (10 + 9 * 60) / 3600) < 0.001)
  }

  @Test func `waits for the window when the quota is used up`() throws {
    let hours = try #require(try end(101, interval: 0, reserve: 0, night: 0))
    #expect(hours > 24 && hours < 24.1)
  }

  @Test func `leaves each night its calls`() throws {
    // 100 calls per day, of which the night needs 40 and 43 are reserved: 57 to 60 per day are left.
    let hours = try #require(try end(580, reserve: 43, night: 40))
    #expect(hours > 9 * 24 && hours < 11 * 24)
  }

  @Test func `knows that a night begins minutes after midnight, from when the reserve is kept`() throws {
    let early = try #require(try end(1000, reserve: 43, night: 40))
    let late = try #require(try end(1000, reserve: 43, night: 40, startAfterMidnight: 1800))
    #expect(late > early + 20)
  }

  @Test func `is unknown if the nights need every call`() throws {
    #expect(try end(10, reserve: 100, night: 98) == nil)
  }
}
