import FleetModel
import Foundation
import Load
import Logging
import Postgres
import Schema
import TestSupport
import Testing
import Transform

@testable import Pipeline

/// Everything about the erased day contains 77777: positions, mileages, the name that the device had that day.
@Suite struct `Erasing a day` {
  @Test func `leaves nothing of it in any table or kept response, and everything else unchanged`() async throws {
    try await withWarehouse { connection, warehouse in
      try await load(ErasedFleet.responses, warehouse, connection)
      try await connection.run { db in
        try db.script(
          """
          insert into etl.failed_day (device_key, day, attempts, last_failed_at, retry_at, reason)
          select device_key, day, 1, '2026-10-07', '2026-10-08', reason
          from (values (492, date '2026-10-05', 'device 77777'), (493, '2026-10-05', 'timeout')) as failed (device_id, day, reason)
          join warehouse.device using (device_id)
          """)
      }
      let before = try await Dump.of(connection)
      let closed = #""day": "2026-10-04", "state": "final", "reason": "proven""#
      #expect(try await traces(connection, warehouse).count > 10)
      #expect(before["etl.checkpoint"]?.contains { $0.contains(closed) } == true)

      let eraser = eraser(connection, warehouse)
      let expected = try await eraser.preview([ErasedFleet.erasure])
      #expect(try await Dump.of(connection) == before, "a preview changes nothing")
      try await eraser.remember([ErasedFleet.erasure])
      let effect = try await eraser.apply()
      #expect(effect == expected)
      #expect(effect.routes == 2 && effect.points == 5 && effect.deviceDays == 1)
      // For the day; cut; another device's by mistake. Lists, those of the day before and both later ones with the route over midnight.
      #expect(effect.deletedResponses == 3 && effect.redactedResponses == 5)

      #expect(try await traces(connection, warehouse) == [])
      #expect(try await lines("select reason from etl.failed_day", connection) == ["timeout"])
      let after = try await Dump.of(connection)
      #expect(try await eraser.apply() == Eraser.Effect(), "again there is nothing to do")

      // The day before has lost its proof but not its state; other days and the other device are unchanged.
      #expect(after["etl.checkpoint"]?.contains { $0.contains(closed) } == true)
      #expect(after["etl.checkpoint"]?.contains { $0.contains(#""day": "2026-10-05""#) } == false)
      for table in ["warehouse.route", "warehouse.route_point", "warehouse.route_pause"] {
        #expect(after[table] == before[table]?.filter { !$0.contains(#""day": "2026-10-05""#) }, "\(table)")
        #expect(after[table]?.isEmpty == false)
      }
      #expect(
        try await lines("select name from warehouse.device_version order by device_key, valid_from", connection)
          == ["Before", "After", "Other"])
      #expect(
        try await lines("select name from warehouse.device order by device_id", connection) == ["After", "Other"])
      let others =
        "select t::text as line from warehouse.device_reading t join warehouse.device using (device_key) where device_id = 493"
      #expect(try await lines(others, connection).count == 4)

      // And it follows from the kept responses, whatever their order.
      for seed in 0..<3 {
        let again = try await reloaded(connection, warehouse, seed: UInt64(seed))
        for (table, rows) in after {
          #expect(
            again[table]?.map(Self.withoutLastChange) == rows.map(Self.withoutLastChange), "\(table), seed \(seed)")
        }
      }
    }
  }

  @Test func `removes again what a restored backup brings back`() async throws {
    try await withWarehouse { connection, warehouse in
      try await load(ErasedFleet.responses, warehouse, connection)
      let tables = [
        "etl.response", "warehouse.route", "warehouse.route_point", "warehouse.device_reading", "etl.response_day",
      ]
      try await connection.run { db in
        try db.script("create schema backup")
        for table in tables {
          try db.script("create table backup.\(table.replacing(".", with: "_")) as table \(table)")
        }
        // The server computes these.
        try db.script(
          "alter table backup.warehouse_route drop column local_week, drop column local_month, drop column local_year, drop column trip_key"
        )
      }
      let eraser = eraser(connection, warehouse)
      try await eraser.remember([ErasedFleet.erasure])
      try await eraser.apply()
      let clean = try await Dump.of(connection)
      // Each of them alone is noticed, too.
      for restored in tables.map({ [$0] }) + [tables] {
        try await connection.run { db in
          for table in restored {
            let backup = "backup.\(table.replacing(".", with: "_"))"
            try db.script(
              "insert into \(table) select * from \(backup) \(Self.restore[table] ?? "on conflict do nothing")")
          }
        }
        let effect = try await eraser.apply()
        #expect(effect != Eraser.Effect() || restored == ["etl.response_day"], "\(restored)")
        let traces = try await traces(connection, warehouse)
        #expect(traces == [], "after the restore of \(restored)")
        let again = try await Dump.of(connection)
        for (table, rows) in clean { #expect(again[table] == rows, "\(table) after the restore of \(restored)") }
      }
    }
  }

  @Test func `keeps out what later responses report about it`() async throws {
    try await withWarehouse { connection, warehouse in
      let eraser = eraser(connection, warehouse)
      try await load([ErasedFleet.responses[0]], warehouse, connection)
      try await eraser.remember([ErasedFleet.erasure])
      try await eraser.apply()
      try await load(Array(ErasedFleet.responses.dropFirst()), warehouse, connection)
      #expect(try await traces(connection, warehouse) == [])
      #expect(try await lines("select day::text from warehouse.route order by 1", connection).contains("2026-10-06"))
      #expect(try await eraser.apply() == Eraser.Effect(), "what was loaded was clean")
    }
  }

  @Test func `lets no load slip through while it is being stored`() async throws {
    try await withTestDatabase { url in
      let first = try await Connection.open(url, applicationName: "load", logger: quiet)
      let second = try await Connection.open(url, applicationName: "erase", logger: quiet)
      try await Migrator(connection: first, logger: quiet).migrate(now: .distantPast)
      let warehouse = try await first.run { db in try Warehouse.configured(on: db) }
      let (moments, isHeld) = AsyncStream.makeStream(of: Void.self)
      // A load that knows no erasure yet; it ends when another session waits for it.
      async let loaded: Int = first.run { db in
        try db.transaction {
          let known = try warehouse.erasures.held(on: db).all.count
          isHeld.yield()
          while try db.query(
            "select from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))"
          ).isEmpty {
            _ = try db.query("select pg_sleep(0.01)")
          }
          return known
        }
      }
      for await _ in moments { break }
      try await second.run { db in try warehouse.erasures.remember([ErasedFleet.erasure], on: db) }
      #expect(try await loaded == 0)
      #expect(try await first.run { db in try db.transaction { try warehouse.erasures.held(on: db).all.count } } == 1)
      await first.close()
      await second.close()
    }
  }

  // MARK: Parts

  /// Which rows of a table are restored from a backup, and how.
  private static let restore = [
    "etl.response": """
    on conflict (response_key, day) do update
    set body_compressed = excluded.body_compressed, body_sha256 = excluded.body_sha256, body_bytes = excluded.body_bytes,
        erased_through = excluded.erased_through
    """,
    "warehouse.route_point": "where day = '2026-10-05'",
    "warehouse.device_reading": "where read_at >= '2026-10-05' and read_at < '2026-10-06' and device_key = 1",
  ]

  private let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }

  private func eraser(_ connection: Connection, _ warehouse: Warehouse) -> Eraser {
    Eraser(connection: connection, warehouse: warehouse, settlingDays: 14, clock: .system)
  }

  private func load(_ responses: [Response], _ warehouse: Warehouse, _ connection: Connection) async throws {
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    try await connection.run { db in
      for response in responses {
        let archived = try archive(response, in: warehouse, on: db)
        _ = try rebuilder.rebuild(from: ResponseBatch([ReadResponse(archived)]), on: db)
      }
    }
  }

  /// Empties the tables that follow from the archive, and loads all kept responses.
  private func reloaded(_ connection: Connection, _ warehouse: Warehouse, seed: UInt64) async throws -> [String:
    [String]]
  {
    let rebuilder = DayRebuilder(warehouse: warehouse, settlingDays: 14)
    var random = SeededGenerator(seed: seed)
    let keys = try await self.keys(connection).shuffled(using: &random)
    try await connection.run { db in
      try db.script(
        """
        truncate warehouse.device_version, warehouse.device_reading, warehouse.route, warehouse.route_point, warehouse.route_pause,
          etl.response_day, etl.checkpoint, etl.finding;
        update warehouse.device set imei = null, name = null, device_type = null, attributes_answered_at = null;
        """)
      for key in keys {
        let archived = try warehouse.archive.response(key, on: db)
        _ = try rebuilder.rebuild(from: ResponseBatch([ReadResponse(archived)]), on: db)
      }
    }
    return try await Dump.of(connection)
  }

  private func keys(_ connection: Connection) async throws -> [ResponseKey] {
    try await connection.run { db in
      try db.query("select response_key, day from etl.response order by 1").map {
        ResponseKey(number: try $0.decode("response_key"), day: try $0.decode("day"))
      }
    }
  }

  /// Every row of every table, and every kept response, that contains 77777.
  private func traces(_ connection: Connection, _ warehouse: Warehouse) async throws -> [String] {
    let keys = try await keys(connection)
    return try await connection.run { db in
      let tables: [String] = try db.query(
        """
        select oid::regclass::text as name from pg_class
        where relkind in ('r', 'p') and not relispartition
          and relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and relname <> 'calendar'
        """
      ).map { try $0.decode("name") }
      var found: [String] = []
      for table in tables {
        // Hashes and compressed bodies may contain any digits.
        found += try db.query(
          """
          select \(table) || ': ' || row.line as line
          from (select (to_jsonb(t) - '{body_compressed,body_sha256,content_hash,fingerprint,sha256}'::text[])::text as line
                from \(unescaped: table) as t) as row
          where row.line like '%77777%'
          """
        ).map { try $0.decode("line") }
      }
      for key in keys {
        let body = String(decoding: try warehouse.archive.response(key, on: db).response.body, as: UTF8.self)
        if body.contains("77777") { found.append("response \(key.number): \(body)") }
      }
      return found
    }
  }

  /// When a day last changed stays as it was, although the change may have been in what is erased now.
  private static func withoutLastChange(_ row: String) -> String {
    row.replacing(#/"last_changed_at": [^,}]*/#, with: "")
  }

  private func lines(_ query: String, _ connection: Connection) async throws -> [String] {
    try await connection.run { db in
      try db.query("select line from (\(unescaped: query)) as t (line)").map { try $0.decode("line") }
    }
  }
}

/// Responses for devices 492 and 493 around 2026-10-05, the erased day of 492.
private enum ErasedFleet {
  static let day = UTCDay("2026-10-05") ?? UTCDay(number: 0)
  static let erasure = Erasure(device: DeviceID(492), days: day...day, erasedAt: day.end.addingTimeInterval(864_000))

  static let responses: [Response] = [
    list("2026-10-04T00:05:00Z", heartbeat: "2026-10-04T00:03:00Z", "Before", "48.1,9.1"),
    list("2026-10-05T00:05:00Z", heartbeat: "2026-10-05T00:04:00Z", "Name 77777", "48.77777,9.77777"),
    // Answered on the erased day, so its reading belongs to that day.
    day(
      "2026-10-04", "2026-10-05T00:10:00Z", heartbeat: "2026-10-05T00:09:00Z", "Name 77777", "48.77777,9.77777",
      [route("2026-10-04T08:00:00Z", "48.1,9.1,0;48.2,9.2,50")]),
    // Last heard from on the erased day, at its end; renamed since.
    list("2026-10-06T00:05:00Z", heartbeat: "2026-10-05T23:50:00Z", "After", "48.77777,9.77777"),
    day(
      "2026-10-05", "2026-10-06T00:10:00Z", heartbeat: "2026-10-06T00:09:00Z", "After", "48.5,9.5",
      [
        route("2026-10-05T08:00:00Z", "48.77777,9.77777,7;48.777771,9.77777,8;0,0,0", mileage: 77_777),
        route("2026-10-05T23:00:00Z", "48.77777,9.77777,7", mileage: 77_777),
      ]),
    // The route over midnight in the response of the day after, garbled at first.
    day(
      "2026-10-06", "2026-10-07T00:10:00Z", heartbeat: "2026-10-07T00:09:00Z", "After", "48.5,9.5",
      [
        route("2026-10-05T23:00:00Z", "48.77777,x,7;48.77777,9.77777,9", mileage: 77_777),
        route("2026-10-06T09:00:00Z", "48.5,9.5,1;48.6,9.6,2"),
      ]),
    day(
      "2026-10-06", "2026-10-07T03:00:00Z", heartbeat: "2026-10-07T02:59:00Z", "After", "48.5,9.5",
      [
        route("2026-10-06T09:00:00Z", "48.5,9.5,1;48.6,9.6,2"),
        route(
          "2026-10-05T23:00:00Z", "48.77777,9.77777,7;48.777772,9.77777,8", mileage: 77_777,
          until: "2026-10-06T02:00:00Z"),
      ]),
    response(
      .deviceDay(DeviceID(492), UTCDay("2026-10-07") ?? day), "2026-10-08T00:10:00Z",
      #"{"device":{"device_id":492,"location":"48.77777,9"#),
    day("2026-10-07", "2026-10-08T01:00:00Z", heartbeat: "2026-10-08T00:59:00Z", "After", "48.6,9.6", []),
    // Requested for 493, answered with the other device.
    response(
      .deviceDay(DeviceID(493), UTCDay("2026-10-06") ?? day), "2026-10-07T02:00:00Z",
      #"{"device":{"device_id":492,"timestamp":1791158400,"location":"48.77777,9.77777"},"routes":[]}"#),
    list("2026-10-08T00:05:00Z", heartbeat: "2026-10-08T00:04:00Z", "After", "48.6,9.6"),
  ]

  private static func moment(_ text: String) -> Int {
    (try? Date(text, strategy: .iso8601)).map { Int($0.timeIntervalSince1970) } ?? 0
  }

  private static func list(_ at: String, heartbeat: String, _ name: String, _ location: String) -> Response {
    response(
      .deviceList, at,
      """
      [{"device_id":492,"device_imei":359183064907632,"device_type":"CAR","device_name":"\(name)",
        "device_mileage":1000,"device_mileage_raw":\(location.contains("77777") ? 77_777 : 1_000),"online_timestamp":\(moment(heartbeat) - 7_200),
        "heartbeat_timestamp":\(moment(heartbeat)),"location":"\(location)",},
       {"device_id":493,"device_name":"Other","online_timestamp":null,"heartbeat_timestamp":\(moment(at) - 30),"location":"1.5,1.5"}]
      """)
  }

  private static func day(
    _ asked: String, _ at: String, heartbeat: String, _ name: String, _ location: String, _ routes: [String]
  ) -> Response {
    let day = UTCDay(asked) ?? self.day
    return response(
      .deviceDay(DeviceID(492), day), at,
      """
      {"device":{"timestamp":"\(Int(day.start.timeIntervalSince1970))","device_id":492,"device_name":"\(name)",
        "online_timestamp":\(Int(day.start.timeIntervalSince1970) + 30_000),"heartbeat_timestamp":\(moment(heartbeat)),
        "status_code":1,"location":"\(location)"},"routes":[\(routes.joined(separator: ","))]}
      """)
  }

  private static func route(_ departure: String, _ points: String, mileage: Int = 500, until: String? = nil) -> String {
    """
    {"origin_timestamp":"\(moment(departure))","origin_mileage":\(mileage),"origin_location":"\(points.prefix { $0 != ";" }.split(separator: ",").prefix(2).joined(separator: ","))",
     "destination_timestamp":"\(until.map(moment) ?? moment(departure) + 3_599)","destination_mileage":\(mileage),"route_points":"\(points)",
     "route_pause":[{"grouped":0,"type":1,"start_timestamp":\(moment(departure) + 60),"end_timestamp":\(moment(departure) + 120),"mileage":\(mileage)}]}
    """
  }

  private static func response(_ request: Request, _ at: String, _ body: String) -> Response {
    let requestedAt = Date(timeIntervalSince1970: Double(moment(at)))
    return Response(
      request: request, requestedAt: requestedAt, answeredAt: requestedAt.addingTimeInterval(1), httpStatus: 200,
      contentType: "application/json", isComplete: true, body: Array(body.utf8))
  }
}
