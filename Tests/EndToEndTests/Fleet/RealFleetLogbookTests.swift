import Foundation
import Postgres
import TestSupport
import Testing

/// The views against sums over the raw file that a script of Python made, which shares no code with this project.
@Suite(.enabled(if: RealFleet.folder != nil, "SKIPPED: no real-fleet folder; set FLEETIZE_REAL_FLEET to one"))
struct `The logbook of the real fleet` {
  @Test func `has gaps that close each vehicle's chain of mileages, and months that are the raw file's sums`()
    async throws
  {
    let file = "\(try #require(RealFleet.folder))/fleet.jsonl.gz"
    try await withRealFleet { environment, connection, _ in
      func backfill(from first: String, to last: String) async throws {
        let outcome = try await Program.run(["backfill", "--from", first, "--to", last], environment)
        #expect(outcome.code == 0, "\(outcome.errors.suffix(2000))")
      }
      // Two weeks and a half are not asked for: what was driven then is a gap.
      let asked = ["2026-09-02", "2026-09-25", "2026-10-14", "2026-10-31"]
      try await backfill(from: asked[0], to: asked[1])
      try await backfill(from: asked[2], to: asked[3])
      let broken = try await chains(on: connection)
      try await expectChains(broken, are: sums("chains", file, asked))
      #expect(broken.count { $0.gapKm > 0 } == 7, "vehicles that drove before, in and after the days left out")
      #expect(try await causes(on: connection) == ["days_missing"])

      try await backfill(from: "2026-09-26", to: "2026-10-13")
      let whole = try await chains(on: connection)
      try await expectChains(whole, are: sums("chains", file, [asked[0], asked[3]]))
      #expect(whole.count == 19 && whole.hasOnly { $0.gapKm == 0 })

      let months = try await connection.lines(
        """
        select concat_ws('|', device_id, local_month, trip_count, driving_day_count, trips_km::float8, duration_s, driving_s, standing_s,
          pause_s, extract(epoch from first_departed_at)::bigint, extract(epoch from last_arrived_at)::bigint,
          coalesce(average_speed_kmh::text, '-'), top_speed_kmh::float8, point_count) as line
        from bi.logbook_month where trip_count > 0 order by device_id, local_month
        """)
      #expect(try await months == sums("months", file, []))
      for (kind, view, column) in Self.periods {
        #expect(try await periods(view, column, on: connection) == sums(kind, file, []), "\(view)")
      }
      let unexplained = try await connection.run { db in try db.query("select from bi.reconciliation").count }
      #expect(unexplained == 0)
      let october = try await connection.run { db in
        try db.query("select from bi.logbook_month where local_month = '2026-10-01' and is_complete").count
      }
      #expect(october == 19, "every UTC day that October in Berlin touches was answered")
    }
  }

  private static let periods = [
    ("day", "logbook_day", "local_date"), ("week", "logbook_week", "local_week"),
    ("month", "logbook_month", "local_month"), ("year", "logbook_year", "local_year"),
  ]

  private func periods(_ view: String, _ column: String, on connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query(
        """
        select concat_ws('|', device_id, \(unescaped: column), trip_count, opening_mileage_km::float8, trips_km::float8,
          gap_km::float8, closing_mileage_km::float8, duration_s) as line
        from bi.\(identifier: view) where trip_count > 0 order by device_id, \(unescaped: column)
        """
      ).map { try $0.decode("line", as: String.self) }
    }
  }

  /// What the views say of one vehicle.
  private struct Chain {
    var device: Int64
    var firstKm, lastKm, tripsKm, gapKm: Int
  }

  private func chains(on connection: Connection) async throws -> [Chain] {
    try await connection.run { db in
      try db.query(
        """
        select
          device_id,
          (array_agg(origin_mileage_km order by departed_at))[1]::integer as first_km,
          (array_agg(destination_mileage_km order by departed_at desc))[1]::integer as last_km,
          sum(distance_km)::integer as trips_km,
          coalesce((select sum(gap_km) from bi.odometer_gap where odometer_gap.device_id = logbook.device_id), 0)::integer
            as gap_km
        from bi.logbook group by device_id order by device_id
        """
      ).map { row in
        Chain(
          device: try row.decode("device_id"), firstKm: try row.decode("first_km"), lastKm: try row.decode("last_km"),
          tripsKm: try row.decode("trips_km"), gapKm: try row.decode("gap_km"))
      }
    }
  }

  private func expectChains(_ chains: [Chain], are lines: [String], location: SourceLocation = #_sourceLocation) {
    #expect(chains.map { "\($0.device)|\($0.firstKm)|\($0.lastKm)" } == lines, sourceLocation: location)
    for chain in chains {
      #expect(chain.tripsKm + chain.gapKm == chain.lastKm - chain.firstKm, "\(chain)", sourceLocation: location)
    }
  }

  private func causes(on connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query("select distinct likely_cause from bi.odometer_gap").map { try $0.decode("likely_cause") }
    }
  }

  /// The lines that the script prints.
  private func sums(_ kind: String, _ file: String, _ days: [String]) async throws -> [String] {
    let script = Repository.folder.appending(path: "Tests/EndToEndTests/real_fleet_sums.py").path
    let outcome = try await Program.tool("python3", [script, kind, file] + days)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return outcome.output.split(separator: "\n").map(String.init)
  }
}
