import FleetModel
import Foundation
import Load
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

@Suite struct `A replay` {
  /// Whatever the size of batches, so that a day's responses are in one or in several.
  @Test(arguments: [1, 2, 3, 5, 250]) func `restores emptied tables, row by row`(responsesPerBatch: Int) async throws {
    try await withLoadedArchive { place in
      let before = try await Dump.of(place.connection)
      try await place.empty()
      let result = await place.replay(responsesPerBatch: responsesPerBatch).load(.all)
      #expect(result.failure == nil && result.errors.isEmpty)
      #expect(result.written >= 5)
      let after = try await Dump.of(place.connection)
      for (table, rows) in before { #expect(after[table] == rows, "\(table)") }
    }
  }

  @Test func `writes nothing if everything is there`() async throws {
    try await withLoadedArchive { place in
      let before = try await place.rowVersions()
      let result = await place.replay().load(.all)
      #expect(result.failure == nil && result.written == 0)
      #expect(result.deviceDays == 20)
      #expect(try await place.rowVersions() == before)
    }
  }

  @Test func `writes nothing when a rule is worded differently`() async throws {
    try await withLoadedArchive { place in
      let rewordedCount = try await place.connection.run { db in
        try db.execute("update etl.finding set detail = 'An older sentence.' where rule <> 'odometer_mismatch'")
      }
      #expect(rewordedCount > 1)
      #expect(await place.replay().check(.all).differences == [])
      let before = try await place.rowVersions()
      #expect(await place.replay().load(.all).written == 0)
      #expect(try await place.rowVersions() == before)
    }
  }

  @Test func `continues where it was interrupted`() async throws {
    try await withLoadedArchive { place in
      let before = try await Dump.of(place.connection)
      try await place.empty()
      for stopAfter in [3, 9] {
        let interruption = Interruption()
        let result = await place.replay(responsesPerBatch: 1, interruption) { progress in
          if progress.responses >= stopAfter { interruption.interrupt(signal: SIGTERM) }
        }.load(.all)
        #expect(result.stop == .interrupted && result.signal == SIGTERM && result.responses == stopAfter)
      }
      #expect(try await Dump.of(place.connection) != before)
      _ = await place.replay().load(.all)
      #expect(try await Dump.of(place.connection) == before)
    }
  }

  @Test func `works concurrently with another one`() async throws {
    try await withLoadedArchive { place in
      let before = try await Dump.of(place.connection)
      try await place.empty()
      let (other, reader) = (try await place.open(), try await place.open())
      async let mine = place.replay(responsesPerBatch: 1).load(.all)
      let second = Replay(
        connection: other, reader: reader, warehouse: place.warehouse, settlingDays: 14, rewrites: false,
        interruption: Interruption(), progress: { _ in })
      let results = [await second.load(.all), await mine]
      #expect(results.hasOnly { $0.failure == nil && $0.errors.isEmpty })
      #expect(try await Dump.of(place.connection) == before)
    }
  }

  @Test func `of a range or a device loads nothing else`() async throws {
    try await withLoadedArchive { place in
      try await place.empty()
      let day = Payloads.day
      let range = ArchiveSelection(from: day.next, to: day.next, devices: nil)
      let ofRange = await place.replay().load(range)
      #expect(ofRange.deviceDays == 3)
      let second = ArchiveSelection(from: nil, to: nil, devices: [DeviceID(493)])
      #expect(await place.replay().load(second).deviceDays == 1)
      let unknown = await place.replay().load(ArchiveSelection(from: nil, to: nil, devices: [DeviceID(7)]))
      #expect(unknown.failure is UnknownDevices)
    }
  }

  @Test func `loads what it can when a response is damaged in the archive`() async throws {
    try await withLoadedArchive { place in
      try await place.empty()
      try await place.execute("update etl.response set body_compressed = '\\x00' where response_key = 7")
      let result = await place.replay().load(.all)
      #expect(result.errors.count == 1 && result.errors[0].contains("response 7 of 2026-10-05 is damaged"))
      #expect(result.deviceDays > 0)
    }
  }

  @Test func `finds no difference in what was loaded`() async throws {
    try await withLoadedArchive { place in
      for size in [1, 3, 250] {
        let result = await place.replay(responsesPerBatch: size).check(.all)
        #expect(result.failure == nil)
        #expect(result.differences == [] && result.deviceDays > 0)
      }
    }
  }

  /// Each is a change made by hand, where it must be found, and whether rewriting fixes it.
  @Test(arguments: [
    (
      "update warehouse.route set arrived_at = arrived_at + interval '1 s' where day = '2026-10-06'", "2026-10-06", true
    ),
    ("update warehouse.route set origin_mileage_km = 1 where day = '2026-10-06'", "2026-10-06", true),
    ("update warehouse.route set south_e7 = 1 where day = '2026-10-06'", "2026-10-06", true),
    ("delete from warehouse.route where day = '2026-10-06'", "2026-10-06", true),
    (
      "update warehouse.route_point set speed_tenths = 1 where ctid = (select min(ctid) from warehouse.route_point)",
      "", true
    ),
    ("update warehouse.route_point set latitude_e7 = null where seq = 2", "2026-10-05", true),
    ("delete from warehouse.route_point where seq = 3", "2026-10-05", true),
    ("insert into warehouse.route_point values (1, '2026-10-05', 1, 1, 1, 99, 1)", "2026-10-05", true),
    ("update warehouse.route_pause set is_grouped = true", "2026-10-05", true),
    ("delete from warehouse.route_pause", "2026-10-05", true),
    ("update warehouse.device_reading set mileage_km = mileage_km + 1 where source = 'devicelist'", "", true),
    ("update warehouse.device_reading set external_voltage_v = null where source = 'device'", "", true),
    ("update warehouse.device_reading set last_answered_at = last_answered_at + interval '1 s'", "", false),
    ("delete from warehouse.device_reading where source = 'device'", "", true),
    ("update warehouse.device_version set name = 'Other'", "", true),
    ("delete from warehouse.device_version", "", true),
    ("update warehouse.device set name = 'Other'", "", true),
    ("delete from etl.finding where rule = 'day_changed'", "", true),
    ("delete from etl.finding where rule = 'odometer_mismatch'", "2026-10-05", true),
    ("delete from etl.finding where rule = 'route_version_superseded'", "2026-10-05", true),
    ("update etl.finding set occurrences = 7 where rule = 'route_version_superseded'", "2026-10-05", true),
    (
      "update etl.checkpoint set state = 'provisional', reason = 'not_heard' where day = '2026-10-06'", "2026-10-06",
      true
    ),
    ("update etl.checkpoint set content_hash = '\\x00' where day = '2026-10-06'", "2026-10-06", true),
    ("update etl.checkpoint set point_count = 7 where day = '2026-10-06'", "2026-10-06", true),
    ("update etl.checkpoint set fetched_at = fetched_at + interval '1 s' where day = '2026-10-06'", "2026-10-06", true),
    ("delete from etl.checkpoint where day = '2026-10-06'", "2026-10-06", true),
    ("delete from etl.response_day where asked_day <> day", "2026-10-06", true),
    ("insert into etl.response_day values (1, '2026-10-01', '2026-10-01', 99, now())", "2026-10-01", false),
    (
      """
      insert into warehouse.route (device_key, day, route_no, departed_at, pause_count, point_count, local_date, asked_day)
      values (1, '2026-10-01', 1, '2026-10-01 12:00Z', 0, 0, '2026-10-01', '2026-10-01')
      """, "2026-10-01", false
    ),
    ("insert into warehouse.route_point values (1, '2026-10-02', 1, 1, 1, 1, 1)", "2026-10-02", false),
  ]) func `finds what was changed by hand`(change: String, day: String, isFixed: Bool) async throws {
    try await withLoadedArchive { place in
      let intact = try await Dump.of(place.connection)
      try await place.execute(change)
      let changed = try await Dump.of(place.connection)
      #expect(changed != intact, "the statement changed nothing")
      let result = await place.replay().check(.all)
      #expect(result.failure == nil)
      #expect(
        result.differences.contains { UTCDay(day) == nil || $0.day == UTCDay(day) }, "\(result.differences.map(\.what))"
      )
      #expect(try await Dump.of(place.connection) == changed, "the check changed something")
      guard isFixed else { return }
      let rewritten = await place.replay(rewrites: true).load(.all)
      #expect(rewritten.failure == nil)
      let mended = try await Dump.of(place.connection)
      for (table, rows) in intact { #expect(mended[table] == rows, "\(table)") }
    }
  }
}

extension ArchiveSelection {
  static let all = ArchiveSelection(from: nil, to: nil, devices: nil)
}

/// A database with the archived fleet, loaded response by response.
private struct LoadedArchive {
  let url: String
  let connection: Connection
  let reader: Connection
  let warehouse: Warehouse

  func replay(
    responsesPerBatch: Int = 250, rewrites: Bool = false, _ interruption: Interruption = Interruption(),
    progress: @escaping @Sendable (ReplayProgress) -> Void = { _ in }
  ) -> Replay {
    var replay = Replay(
      connection: connection, reader: reader, warehouse: warehouse, settlingDays: 14, rewrites: rewrites,
      interruption: interruption, progress: progress)
    replay.responsesPerBatch = responsesPerBatch
    return replay
  }

  func open() async throws -> Connection {
    try await Connection.open(url, applicationName: "tests", logger: silent)
  }

  func execute(_ statement: String) async throws {
    try await connection.run { db in _ = try db.execute(SQL(unescaped: statement)) }
  }

  /// Everything that a replay restores.
  func empty() async throws {
    try await execute(
      """
      truncate warehouse.route, warehouse.route_point, warehouse.route_pause, warehouse.device_reading,
        warehouse.device_version, etl.response_day, etl.checkpoint, etl.finding
      """)
    try await execute("update warehouse.device set name = null, imei = null, attributes_answered_at = null")
  }

  /// The position of each row and the transaction that wrote it.
  func rowVersions() async throws -> [String: [String]] {
    try await connection.run { db in
      try Dump.tables.reduce(into: [:]) { versions, table in
        versions[table] = try db.query(
          "select tableoid::regclass::text || ctid::text || xmin::text as version from \(unescaped: table) order by 1"
        ).map { try $0.decode("version") }
      }
    }
  }
}

private func withLoadedArchive(_ body: (LoadedArchive) async throws -> Void) async throws {
  try await withMigratedTestDatabase { url in
    let (connection, warehouse) = try await openWarehouse(url)
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    try await connection.run { db in
      for response in ArchivedFleet.responses {
        let answer = ReadResponse(try archive(response, in: warehouse, on: db))
        _ = try rebuilder.rebuild(from: ResponseBatch([answer]), on: db)
      }
    }
    let reader = try await Connection.open(url, applicationName: "tests", logger: silent)
    try await body(LoadedArchive(url: url, connection: connection, reader: reader, warehouse: warehouse))
    await reader.close()
    await connection.close()
  }
}
