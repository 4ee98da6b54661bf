import FleetModel
import FoundationEssentials
import Load
import Postgres
import TestSupport
import Testing

@testable import Pipeline

/// The local date is stored with each route: what changes it, and what does not.
@Suite struct `The local date of a route` {
  /// Departures at 06:00 and 23:00 UTC.
  private let responses: [Response] = [
    .list(at: 0), .day(at: 1, of: Payloads.day, Payloads.oneRoute),
    .day(at: 2, of: Payloads.day.next, Payloads.untilMidnight),
  ]

  private func dates(_ connection: Connection) async throws -> [String] {
    try await texts(
      "select to_char(departed_at at time zone 'UTC', 'DD HH24:MI ') || local_date || ' ' || local_month from warehouse.route",
      connection)
  }

  private func texts(_ query: String, _ connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query("select line from (\(unescaped: query)) as t (line) order by 1").map { try $0.decode(0) }
    }
  }

  /// What each command does first.
  private func start(_ connection: Connection, timeZone: String, devices: [DeviceID: String] = [:]) async throws {
    try await connection.run { db in
      _ = try Warehouse.configured(timeZone: timeZone, deviceTimeZones: devices, on: db)
    }
  }

  @Test func `is the date where its vehicle is, even after zones or their rules change`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad(responses, rebuilder, connection)
      let berlin = ["05 06:00 2026-10-05 2026-10-01", "05 23:00 2026-10-06 2026-10-01"]
      #expect(try await dates(connection) == berlin)

      let places = "select ctid::text || ' ' || xmin from warehouse.route where departed_at = '2026-10-05 06:00Z'"
      let before = try await texts(places, connection)
      try await start(connection, timeZone: "UTC")
      #expect(
        try await dates(connection) == ["05 06:00 2026-10-05 2026-10-01", "05 23:00 2026-10-05 2026-10-01"])
      #expect(try await texts(places, connection) == before, "a route was written whose date is the same")
      let all = "select ctid::text || ' ' || xmin from warehouse.route"
      let unmoved = try await texts(all, connection)
      try await start(connection, timeZone: "UTC")
      #expect(try await texts(all, connection) == unmoved, "a start that moves nothing wrote")

      try await start(connection, timeZone: "UTC", devices: [DeviceID(492): "Pacific/Honolulu"])
      #expect(
        try await dates(connection) == ["05 06:00 2026-10-04 2026-10-01", "05 23:00 2026-10-05 2026-10-01"])
      try await start(connection, timeZone: "Europe/Berlin", devices: [DeviceID(493): "Pacific/Honolulu"])
      #expect(try await dates(connection) == berlin)

      // As if the server had new rules for the zone.
      try await connection.run { db in
        _ = try db.execute("update warehouse.route set local_date = '2026-09-30'")
      }
      try await start(connection, timeZone: "Europe/Berlin")
      #expect(try await dates(connection) == berlin)
    }
  }

  @Test func `of another account's routes does not change`() async throws {
    try await withWarehouse { connection, warehouse in
      let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
      try await archiveAndLoad(responses, rebuilder, connection)
      let before = try await dates(connection)
      try await connection.run { db in
        _ = try Warehouse.configured(account: "other", timeZone: "Pacific/Honolulu", on: db)
      }
      #expect(try await dates(connection) == before)
    }
  }
}
