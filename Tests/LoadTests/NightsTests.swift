import FleetModel
import Foundation
import Load
import Postgres
import TestSupport
import Testing

@Suite struct `The nights of an account` {
  private let days = (0...3).compactMap { UTCDay("2026-10-05")?.advanced(by: $0) }

  @Test func `keep the best of several runs, and say since when no device could be judged`() async throws {
    try await withMigratedDatabase { connection in
      try await connection.run { db in
        let warehouse = try Warehouse.configured(on: db)
        #expect(try warehouse.nights.latest(before: days[0], on: db) == nil)
        try warehouse.nights.note(NightSummary(day: days[0], listed: 2, judged: 1), on: db)
        try warehouse.nights.note(NightSummary(day: days[0], listed: 2, judged: 0), on: db)
        #expect(
          try warehouse.nights.latest(before: days[1], on: db) == NightSummary(day: days[0], listed: 2, judged: 1))
        for day in days[1...2] { try warehouse.nights.note(NightSummary(day: day, listed: 2, judged: 0), on: db) }
        let vehicles = try #require(try Health.vehicles(of: "default", on: db))
        #expect(vehicles.silentNights == 2 && vehicles.silentSince == days[1])
        try warehouse.nights.note(NightSummary(day: days[3], listed: 2, judged: 2), on: db)
        #expect(try Health.vehicles(of: "default", on: db)?.silentNights == 0)
      }
    }
  }
}
