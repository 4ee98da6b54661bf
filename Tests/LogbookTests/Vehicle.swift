import Foundation
import Logging
import Postgres
import Schema
import TestSupport

@testable import Logbook

/// A name with markup, a separator and quotes. The second quote has a combining accent: one character, but two Unicode scalars.
let wildName = "<script>alert(1)</script>, \"Süd\"\u{301}"

private let october = """
  \(datesRoutesByHand)
  insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin'), ('south', 'UTC');
  insert into warehouse.device (account_key, device_id, name, description) values
    (1, 492, '<script>alert(1)</script>, "Süd"\u{301}', 'VW & Co'), (1, 493, null, null), (2, 493, 'Truck', null);
  insert into warehouse.route (
    device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, origin_latitude_e7,
    origin_longitude_e7, destination_latitude_e7, destination_longitude_e7, average_speed_kmh, pause_s, pause_count, point_count,
    top_speed_kmh, south_e7, west_e7, north_e7, east_e7)
  values
    (1, '2026-09-30', 1, '2026-09-30 10:00Z', '2026-09-30 11:00Z', 990, 1000, null, null, null, null, null, 0, 0, 0, null,
      null, null, null, null),
    -- 7 km are missing before it.
    (1, '2026-10-24', 1, '2026-10-24 06:00Z', '2026-10-24 06:30Z', 1007, 1027, 488791700, 91919400, 488255600, 93311100, 41.5,
      300, 0, 2, 90.5, 488255600, 91919400, 488791700, 93311100),
    -- 23:40 to 00:20.
    (1, '2026-10-24', 2, '2026-10-24 21:40Z', '2026-10-24 22:20Z', 1027, 1030.5, null, null, null, null, null, null, 0, 0, null,
      null, null, null, null),
    -- 01:30 CEST to 02:10 CET.
    (1, '2026-10-24', 3, '2026-10-24 23:30Z', '2026-10-25 01:10Z', 1030.5, 1130.5, null, null, null, null, 60, 0, 0, 0, 130,
      null, null, null, null),
    -- Without an arrival.
    (1, '2026-10-25', 1, '2026-10-25 09:00Z', null, 1130.5, null, null, null, null, null, null, 0, 0, 0, null,
      null, null, null, null);
  select etl.ensure_partition('warehouse.route_point', '2026-10-24');
  insert into warehouse.route_point (device_key, day, seq, latitude_e7, longitude_e7, route_no) values
    (1, '2026-10-24', 1, 488791700, 91919400, 1), (1, '2026-10-24', 2, 488255600, 93311100, 1);
  insert into etl.checkpoint (device_key, day, state)
  select 1, day, 'empty' from generate_series(date '2026-09-30', '2026-10-23', interval '1 day') as day
  union all values (1, date '2026-10-24', 'final'), (1, '2026-10-25', 'provisional'), (1, '2026-10-26', 'final');
  """

/// Runs `body` on a database with vehicles of which one drove in October, around the night in which clocks change in Berlin.
func withOctober<Result: Sendable>(_ body: (Connection) async throws -> Result) async throws -> Result {
  try await withTestConnection { connection in
    let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
    try await Migrator(connection: connection, logger: quiet).migrate(now: Date(timeIntervalSince1970: 1_793_491_200))
    try await connection.script(october)
    return try await body(connection)
  }
}

/// Vehicle 492 in October, read on 2026-10-28 at noon.
func october492() async throws -> LogbookMonth {
  try await withOctober { connection in try await connection.logbook(492, "2026-10") }
}

extension Connection {
  func logbook(_ device: Int64, _ month: String, in accounts: [String] = []) throws -> LogbookMonth {
    try LogbookMonth(
      of: device, month: month, in: accounts, now: Date(timeIntervalSince1970: 1_793_188_800), on: self)
  }
}
