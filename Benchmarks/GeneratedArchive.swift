import FleetModel
import FoundationEssentials
import Load
import Postgres
import Schema

/// A database with a generated archive.
struct GeneratedArchive {
  private let server: String
  private let name: String
  private let url: String
  private let owner: Connection
  private let connection: Connection
  private let size: ArchiveSize

  /// The tables that a replay fills, each with the order in which it writes them.
  private static let tables = [
    ("warehouse.device_version", "device_key, valid_from"),
    ("warehouse.device_reading", "source desc, device_key, first_answered_at"),
    ("warehouse.route", "device_key, day, route_no"), ("warehouse.route_point", "device_key, day, route_no, seq"),
    ("warehouse.route_pause", "device_key, day, route_no, seq"), ("etl.response_day", "device_key, day"),
    ("etl.checkpoint", "device_key, day"), ("etl.finding", "device_key, day"),
  ]

  init(_ size: ArchiveSize, server: String) async throws {
    self.size = size
    self.server = server
    name = "bench_\(UInt32.random(in: 0 ... .max))"
    url = server.replacing(/\/[^\/]*$/, with: "/\(name)")
    owner = try await Connection.open(server, applicationName: "benchmarks", logger: silent)
    let name = name
    try await owner.run { db in _ = try db.execute("create database \(identifier: name) template template0") }
    connection = try await Connection.open(url, applicationName: "benchmarks", logger: silent)
    _ = try await Migrator(connection: connection, logger: silent).migrate(now: .distantPast)
    try await connection.run { db in
      let account = AccountConfiguration(
        name: "default", timeZone: "UTC",
        limits: AccountLimits(egress: "default", dailyCalls: 100, requestInterval: 60))
      try account.write(on: db)
      let warehouse = try Warehouse(account, on: db)
      // The generated archive need not be durable. The measured work is.
      try db.script("set synchronous_commit to off")
      let first = UTCDay(number: 20_000)
      for ordinal in 0..<size.daysPerVehicle {
        let day = first.advanced(by: ordinal)
        for table in [Partitions.Table.response, .routePoint] {
          try warehouse.partitions.ensure(of: table, for: day, on: db)
          try warehouse.partitions.ensure(of: table, for: day.next, on: db)
        }
        try db.transaction {
          for vehicle in 0..<size.vehicles where ordinal * size.vehicles + vehicle < size.days {
            _ = try warehouse.archive.add(
              GeneratedDay(vehicle: vehicle, day: day, points: size.points).response, call: nil, on: db)
          }
          _ = try warehouse.archive.add(
            GeneratedDay.list(after: day, vehicles: size.vehicles, ordinal: ordinal), call: nil, on: db)
        }
      }
      try db.script("truncate etl.unloaded_response; reset synchronous_commit")
      // On its own, because a script of several statements runs as one transaction.
      try db.script("vacuum analyze etl.response")
    }
  }

  func drop() async {
    await connection.close()
    let name = name
    try? await owner.run { db in _ = try db.execute("drop database \(identifier: name) with (force)") }
    await owner.close()
  }

  /// Empties the tables and writes all changes to disk.
  func empty() async throws {
    let names = Self.tables.map(\.0).joined(separator: ", ")
    try await connection.run { db in
      try db.script("truncate \(names)")
      try db.script("checkpoint")
    }
  }

  func replay(_ program: String) async throws -> Measured {
    try Measured.run(
      [program, "replay"],
      environment: ["DATABASE_URL": url, "FLEETIZE_API_TOKEN": "not-used", "FLEETIZE_TIME_ZONE": "UTC"])
  }

  /// Checks that a replay restores everything. Otherwise its time would be meaningless.
  func checkReplayRestores(program: String) async throws {
    try await empty()
    _ = try await replay(program)
    _ = try Measured.run(
      [program, "replay", "--check"],
      environment: ["DATABASE_URL": url, "FLEETIZE_API_TOKEN": "not-used", "FLEETIZE_TIME_ZONE": "UTC"])
    let counts = try await connection.run { db in
      try db.query(
        """
        select (select count(*) from warehouse.route_point) as points,
               (select count(*) from etl.checkpoint where state = 'final') as days
        """)[0]
    }
    guard try counts.decode("points", as: Int.self) == size.days * size.points,
      try counts.decode("days", as: Int.self) == size.days
    else { throw Measured.Failed(description: "the replay did not restore every point and every final day") }
  }

  private func file(_ table: String, in folder: String) -> String { "\(folder)/\(name)_\(table).copy" }

  func export(to folder: String) async throws {
    for (table, order) in Self.tables {
      let columns = try await writtenColumns(of: table)
      _ = try Measured.run(
        [
          "psql", "-X", "-v", "ON_ERROR_STOP=1", url, "-c",
          "\\copy (select \(columns) from \(table) order by \(order)) to '\(file(table, in: folder))' (format binary)",
        ], environment: [:])
    }
  }

  /// All columns except generated ones.
  private func writtenColumns(of table: String) async throws -> String {
    try await connection.run { db in
      try db.query(
        """
        select string_agg(attname, ', ' order by attnum) as columns from pg_attribute
        where attrelid = \(table)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
        """)[0].decode("columns")
    }
  }

  func copy(from folder: String) async throws -> Measured {
    let copies = Self.tables.flatMap { table, _ in
      ["-c", "\\copy \(table) from '\(file(table, in: folder))' (format binary)"]
    }
    return try Measured.run(
      ["psql", "-X", "-v", "ON_ERROR_STOP=1", "--single-transaction", url] + copies, environment: [:])
  }

  /// (e)
  func printLayout() async throws {
    let sizes = try await connection.run { db in
      try db.query(
        """
        select sum(pg_relation_size(relid))::float8 as heap, sum(pg_total_relation_size(relid))::float8 as total,
               (select count(*) from warehouse.route_point)::float8 as points,
               (select sum(body_bytes::bigint) from etl.response)::float8 as raw,
               (select sum(length(body_compressed)) from etl.response)::float8 as compressed,
               (select sum(pg_total_relation_size(relid)) from pg_partition_tree('etl.response') where isleaf)::float8 as archive
        from pg_partition_tree('warehouse.route_point')
        where isleaf
        """)[0]
    }
    func value(_ name: String) throws -> Double { try sizes.decode(name) }
    let points = try value("points")
    print("\n### (e) On disk, \(Int(points)) points\n")
    row("what", "value")
    row("---", "---")
    row("bytes per point, heap only", try (value("heap") / points).text(1))
    row("bytes per point with indexes", try (value("total") / points).text(1))
    row("archive, compressed bodies / raw JSON", try (value("compressed") / value("raw")).text(3))
    row("archive with its table and indexes / raw JSON", try (value("archive") / value("raw")).text(3))
  }
}
