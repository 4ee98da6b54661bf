import FleetizeSimulator
import Foundation
import Postgres
import Testing

/// Tables from the archive, by the real program.
@Suite struct `The program's replay` {
  /// All that docs/how-it-works.md says a replay restores.
  private static let tables = [
    "warehouse.device", "warehouse.device_version", "warehouse.device_reading", "warehouse.route",
    "warehouse.route_point", "warehouse.route_pause", "etl.response_day", "etl.checkpoint", "etl.finding",
  ]

  @Test func `restores what a backfill loaded, makes no call, and finds what was changed`() async throws {
    try await withStage { stage in
      let backfill = try await stage.etl(Days.backfill(from: 9, to: 2))
      #expect(backfill.code == 0, "\(backfill.errors)")
      let before = try await content(of: stage)
      #expect(before["warehouse.route_point"]?.count ?? 0 > 100)
      let calls = stage.calls.count

      let check = try await stage.etl(["replay", "--check"])
      #expect(check.code == 0, "\(check.output) \(check.errors)")
      try await stage.execute(
        """
        truncate warehouse.device_version, warehouse.device_reading, warehouse.route, warehouse.route_point,
          warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding
        """)
      let emptied = try await stage.etl(["replay", "--check"])
      #expect(emptied.code == 2)
      let replay = try await stage.etl(["replay"])
      #expect(replay.code == 0, "\(replay.errors)")
      #expect(replay.output.contains("account default: ") && replay.output.contains(" 0 unchanged"))
      let after = try await content(of: stage)
      for table in Self.tables { #expect(after[table] == before[table], "\(table)") }

      let again = try await stage.etl(["replay", "--format", "json"])
      #expect(again.code == 0 && again.output.contains(#""written" : 0"#), "\(again.output)")

      let day = Days.ago(3)
      try await stage.execute("update warehouse.route set pause_s = 7777 where day = '\(day)'")
      let changed = try await stage.etl(["replay", "--check"])
      #expect(changed.code == 2)
      #expect(changed.output.contains("\(day): the route departing"), "\(changed.output)")
      #expect(changed.errors.contains("--rewrite"))
      let rewrite = try await stage.etl(["replay", "--rewrite", "--from", "\(day)", "--to", "\(day)"])
      #expect(rewrite.code == 0)
      #expect(try await stage.etl(["replay", "--check"]).code == 0)
      #expect(stage.calls.count == calls, "a replay called the API")
    }
  }

  /// The transaction in hand waits for a lock when the signal comes.
  @Test(arguments: [SIGTERM, SIGINT, SIGKILL]) func `that was interrupted goes on where it stopped`(
    signal: Int32
  ) async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 9, to: 2)).code == 0)
      let before = try await content(of: stage)
      try await stage.execute(
        "truncate warehouse.route, warehouse.route_point, warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding"
      )
      let holder = try await Connection.ofTest(stage.databaseURL)
      try await holder.run { db in try db.script("begin; lock table warehouse.route in exclusive mode") }
      let outcome = try await stage.etl(["replay"]) { process in
        try await eventually("the replay waits for the lock") {
          try await stage.rows(
            """
            select from pg_locks join pg_database on database = pg_database.oid
            where datname = current_database() and relation = 'warehouse.route'::regclass and not granted
            """
          ).count == 1
        }
        kill(process, signal)
        if signal == SIGKILL { try await eventually("the program has ended") { !isRunning(process) } }
        try await holder.run { db in try db.script("rollback") }
      }
      await holder.close()
      #expect(outcome.code == 128 + signal, "\(outcome.errors)")
      let left = try await stage.rows("select from warehouse.route").count
      #expect(left == (signal == SIGKILL ? 0 : before["warehouse.route"]?.count), "no batch is loaded in part")
      #expect(try await stage.etl(["replay"]).code == 0)
      let after = try await content(of: stage)
      for table in Self.tables { #expect(after[table] == before[table], "\(table)") }
    }
  }

  /// Both start at different responses. The other one waits with it for a locked table, so that the kill always hits.
  @Test(arguments: ["warehouse.device_reading", "warehouse.route", "etl.checkpoint"])
  func `next to another one, killed while it writes, ends with the same tables`(table: String) async throws {
    try await withStage([.nightShift, .longHaul]) { stage in
      #expect(try await stage.etl(Days.backfill(from: 9, to: 2)).code == 0)
      let before = try await content(of: stage)
      try await stage.execute(
        """
        truncate warehouse.device_version, warehouse.device_reading, warehouse.route, warehouse.route_point,
          warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding
        """)
      let holder = try await Connection.ofTest(stage.databaseURL)
      try await holder.run { db in try db.script("begin; lock table \(table) in exclusive mode") }
      async let late = stage.etl(["replay", "--from", "\(Days.ago(5))"])
      let killed = try await stage.etl(["replay"]) { process in
        try await eventually("a replay waits for the lock") {
          try await !stage.rows(
            """
            select from pg_locks join pg_database on database = pg_database.oid
            where datname = current_database() and relation = '\(table)'::regclass and not granted
            """
          ).isEmpty
        }
        kill(process, SIGKILL)
      }
      #expect(killed.code == 128 + SIGKILL, "\(killed)")
      try await holder.run { db in try db.script("rollback") }
      await holder.close()
      let survivor = try await late
      #expect(survivor.code == 0, "\(survivor)")
      async let first = stage.etl(["replay"])
      async let second = stage.etl(["replay"])
      for outcome in try await [first, second] { #expect(outcome.code == 0, "\(outcome)") }
      let after = try await content(of: stage)
      for table in Self.tables { #expect(after[table] == before[table], "\(table)") }
    }
  }

  private func content(of stage: Stage) async throws -> [String: [String]] {
    var content: [String: [String]] = [:]
    for table in Self.tables where table != "etl.checkpoint" {
      content[table] = try await stage.content(of: table)
    }
    // Days without a response are there because somebody asked for them.
    content["etl.checkpoint"] = try await stage.content(
      of: "(select * from etl.checkpoint where fetched_at is not null or content_hash is not null)")
    return content
  }
}
