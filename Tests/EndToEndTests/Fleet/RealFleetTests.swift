import FleetizeSimulator
import Postgres
import Testing

/// The whole way on recordings of real vehicles: simulated API, real program, real tables; compared through the `bi` views with the
/// typed truth, value by value.
@Suite(.enabled(if: RealFleet.folder != nil, "SKIPPED: no real-fleet folder; set FLEETIZE_REAL_FLEET to one"))
struct `The real fleet` {
  @Test func `arrives in the views value by value, none missing and none extra`() async throws {
    let folder = try #require(RealFleet.folder)
    let (devices, routes) = try RealFleet.truth(in: folder)
    try #require(devices.count == 19 && routes.count == 843)
    try await withRealFleet { environment, connection, simulator in
      let backfill = ["backfill", "--from", "2026-09-02", "--to", "2026-10-31"]
      let first = try await Program.run(backfill, environment)
      #expect(first.code == 0, "\(first.errors.suffix(2000))")
      let calls = simulator.log.calls.count
      try await compareDevices(devices, on: connection)
      try await compareRoutes(routes, on: connection)
      try await comparePauses(routes, on: connection)
      try await comparePoints(routes, on: connection)

      // Again: nothing is fetched twice and nothing changes.
      let again = try await Program.run(backfill, environment)
      #expect(again.code == 0)
      #expect(simulator.log.calls.count == calls, "a final device-day was fetched again")
      try await compareRoutes(routes, on: connection)
    }
  }

  private func compareDevices(_ devices: [RealFleet.Device], on connection: Connection) async throws {
    let rows = try await connection.run { db in
      try db.query("select device_id, imei, type, name, description, portrait_url from bi.device").map {
        RealFleet.Device(
          device_id: try $0.decode("device_id"), device_imei: try $0.decode("imei"), device_type: try $0.decode("type"),
          device_name: try $0.decode("name"), device_description: try $0.decode("description"),
          device_portrait: try $0.decode("portrait_url"))
      }
    }
    #expect(Set(rows) == Set(devices))
    #expect(rows.count == devices.count)
  }

  private func compareRoutes(_ routes: [RealFleet.Route], on connection: Connection) async throws {
    let rows = try await connection.lines(
      """
      select concat_ws('|', device_id, extract(epoch from departed_at)::bigint, extract(epoch from arrived_at)::bigint,
               origin_mileage_km::float8, destination_mileage_km::float8, distance_km::float8,
               origin_latitude, origin_longitude, destination_latitude, destination_longitude,
               average_speed_kmh::float8, average_speed_distance_kmh::float8, pause_s, pause_count, point_count, duration_s) as line
      from bi.logbook
      """)
    let expected = routes.map { route in
      [
        "\(route.device_id)", "\(route.origin_timestamp)", "\(route.destination_timestamp)", "\(route.origin_mileage)",
        "\(route.destination_mileage)", "\(route.destination_mileage - route.origin_mileage)",
        plain(route.origin_location[0]), plain(route.origin_location[1]), plain(route.destination_location[0]),
        plain(route.destination_location[1]), plain(route.average_speed), plain(route.average_speed_distance),
        "\(route.pause_duration)", "\(route.route_pause.count)", "\(route.route_points.count)",
        "\(route.destination_timestamp - route.origin_timestamp)",
      ].joined(separator: "|")
    }
    expectSame(rows, expected)
  }

  private func comparePauses(_ routes: [RealFleet.Route], on connection: Connection) async throws {
    let rows = try await connection.lines(
      """
      select concat_ws('|', device_id, extract(epoch from departed_at)::bigint, seq, pause_type_code, is_grouped::int,
               extract(epoch from started_at)::bigint, extract(epoch from ended_at)::bigint, mileage_km::float8,
               latitude, longitude, duration_s) as line
      from bi.route_pause
      """)
    let expected = routes.flatMap { route in
      route.route_pause.enumerated().map { index, pause in
        [
          "\(route.device_id)", "\(route.origin_timestamp)", "\(index + 1)", "\(pause.type)", "\(pause.grouped)",
          "\(pause.start_timestamp)", "\(pause.end_timestamp)", "\(pause.mileage)", plain(pause.location[0]),
          plain(pause.location[1]), "\(pause.end_timestamp - pause.start_timestamp)",
        ].joined(separator: "|")
      }
    }
    expectSame(rows, expected)
  }

  private func comparePoints(_ routes: [RealFleet.Route], on connection: Connection) async throws {
    let rows = try await connection.lines(
      """
      select concat_ws('|', device_id, extract(epoch from departed_at)::bigint, seq, latitude, longitude, speed_kmh) as line
      from bi.route_point
      """)
    let expected = routes.flatMap { route in
      route.route_points.enumerated().map { index, point in
        "\(route.device_id)|\(route.origin_timestamp)|\(index + 1)|\(plain(point[0]))|\(plain(point[1]))|\(plain(point[2]))"
      }
    }
    expectSame(rows, expected)
  }

  /// As PostgreSQL writes a double precision: whole numbers without decimals.
  private func plain(_ number: Double) -> String {
    number == number.rounded() ? "\(Int64(number))" : "\(number)"
  }

  private func expectSame(_ rows: [String], _ expected: [String], location: SourceLocation = #_sourceLocation) {
    #expect(rows.count == expected.count, sourceLocation: location)
    let missing = Set(expected).subtracting(rows)
    let extra = Set(rows).subtracting(expected)
    #expect(missing.isEmpty, "missing: \(missing.sorted().prefix(3))", sourceLocation: location)
    #expect(extra.isEmpty, "extra: \(extra.sorted().prefix(3))", sourceLocation: location)
  }
}
