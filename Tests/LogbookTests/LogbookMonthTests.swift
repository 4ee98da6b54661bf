import Foundation
import Postgres
import Testing

@testable import Logbook

@Suite struct `A logbook` {
  @Test func `has trips in order, each gap before its trip, and totals that agree with the mileages`() async throws {
    let month = try await october492()
    let rows = month.entries.map { entry in
      switch entry {
      case .trip(let trip): "\(trip.departedLocal) \(trip.distanceKm?.description ?? "-") km \(trip.durationS ?? -1) s"
      case .gap(let gap): "gap of \(gap.gapKm) km, \(gap.startMileageKm) to \(gap.endMileageKm), \(gap.likelyCause)"
      }
    }
    #expect(
      rows == [
        "gap of 7 km, 1000 to 1007, unknown", "2026-10-24T08:00:00 20 km 1800 s", "2026-10-24T23:40:00 3.5 km 2400 s",
        "2026-10-25T01:30:00 100 km 6000 s", "2026-10-25T10:00:00 - km -1 s",
      ])
    let totals = month.totals
    #expect(totals.tripCount == 4 && totals.drivingDayCount == 2)
    #expect(totals.routesDistanceKm == 123.5 && totals.gapKm == 7)
    #expect(totals.openingMileageKm == 1000 && totals.closingMileageKm == 1130.5)
    #expect(
      month.reconciliation(in: .en)?.contains("equals the difference between the mileages: 1,130.5 − 1,000 = 130.5")
        == true)
    #expect(month.tracks == [.init(positions: [[9.19194, 48.87917], [9.33111, 48.82556]])])
  }

  @Test func `agrees with bi.logbook_month, and names the gap that is open at its end`() async throws {
    try await withOctober { connection in
      for text in ["2026-09", "2026-10"] {
        let totals = try await connection.logbook(492, text).totals
        let first = "\(text)-01"
        let agrees: Bool = try await connection.query(
          """
          select (opening_mileage_km, trips_km, gap_km, closing_mileage_km) = (
            \("\(totals.openingMileageKm ?? -1)")::numeric, \("\(totals.routesDistanceKm)")::numeric,
            \("\(totals.gapKm)")::numeric, \("\(totals.closingMileageKm ?? -1)")::numeric) as agrees
          from bi.logbook_month where device_id = 492 and local_month = \(first)::date
          """)[0].decode("agrees")
        #expect(agrees, "\(text)")
      }
      let september = try await connection.logbook(492, "2026-09")
      #expect(
        september.openGap(in: .en) == """
          7 km without a trip are in a gap across the end of the month: 2026-09-30 13:00 – 2026-10-24 08:00. \
          They count in the month in which it ends.
          """)
      #expect(try await connection.logbook(492, "2026-10").openGap(in: .en) == nil)
    }
  }

  @Test func `can be read by a limited reader, of the vehicles granted alone`() async throws {
    let reader = "reader_\(UUID().uuidString.lowercased().prefix(8))"
    try await withOctober { connection in
      let whole = try await connection.logbook(492, "2026-10")
      try await connection.script(
        """
        create role \(reader);
        grant usage on schema bi_limited to \(reader);
        grant select on all tables in schema bi_limited to \(reader);
        insert into etl.reader_device values ('\(reader)', 'north', 492);
        set role \(reader);
        """)
      var limited: LogbookMonth?
      var failures: [String] = []
      do { limited = try await connection.logbook(492, "2026-10") } catch { failures.append("\(error)") }
      do { _ = try await connection.logbook(493, "2026-10") } catch { failures.append("\(error)") }
      try await connection.script("reset role; drop owned by \(reader); drop role \(reader)")
      #expect(limited == whole)
      #expect(failures == ["\(LogbookError.unknownDevice(493, accounts: []))"])
    }
  }

  @Test func `says which days are not complete and why`() async throws {
    let month = try await october492()
    #expect(month.days.count == 31 && !month.isComplete)
    #expect(
      month.completeness(in: .en) == [
        "24 of 31 days are complete.", "Trips may be missing on 2026-10-25 – 2026-10-26: more trips may follow.",
        "Trips may be missing on 2026-10-27: not or only partly asked for.",
        "Trips may be missing on 2026-10-28 – 2026-10-31: not over yet.",
      ])
  }

  @Test func `of a complete month does not promise that the tracker recorded everything`() async throws {
    let month = try await withOctober { connection in
      try await connection.script(
        """
        delete from etl.checkpoint;
        insert into etl.checkpoint (device_key, day, state)
        select 1, day, 'final' from generate_series(date '2026-08-31', '2026-09-30', interval '1 day') as day;
        """)
      return try await connection.logbook(492, "2026-09")
    }
    #expect(month.isComplete)
    #expect(month.completeness(in: .en).count == 1)
    #expect(month.completeness(in: .en)[0].hasSuffix("Whether the tracker recorded every trip is not known."))
  }

  @Test func `cannot be made for an unknown device or a month that was never asked for`() async throws {
    try await withOctober { connection in
      await #expect(throws: LogbookError.unknownDevice(77, accounts: [])) {
        try await connection.logbook(77, "2026-10")
      }
      await #expect(throws: LogbookError.unknownDevice(492, accounts: ["south"])) {
        try await connection.logbook(492, "2026-10", in: ["south"])
      }
      await #expect(throws: LogbookError.unknownMonth("2026-08", device: 492)) {
        try await connection.logbook(492, "2026-08")
      }
      await #expect(throws: LogbookError.severalAccounts(493, accounts: ["north", "south"])) {
        try await connection.logbook(493, "2026-10")
      }
      await #expect(throws: LogbookError.unknownMonth("2026-10", device: 493)) {
        try await connection.logbook(493, "2026-10", in: ["south"])
      }
    }
  }
}
