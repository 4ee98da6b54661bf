import FleetModel
import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// The command, as a process, on three months of which the oldest goes as a whole and the next in part.
@Suite struct `Pruning` {
  /// The fifteenth of the month before last, whatever today is.
  private static let horizon = Days.today.startOfMonth.previous.startOfMonth.previous.startOfMonth.advanced(by: 14)
  private static let from = horizon.startOfMonth.previous.advanced(by: -2)
  private static let to = horizon.advanced(by: 2)
  private static let backfill = ["backfill", "--from", "\(from)", "--to", "\(to)"]

  private func partitions(_ stage: Stage, of table: String) async throws -> [String] {
    try await stage.rows("select inhrelid::regclass::text from pg_inherits where inhparent = '\(table)'::regclass")
  }

  private func old(_ table: String) -> String { "select from \(table) where day < '\(Self.horizon)'" }

  private static func month(_ day: UTCDay) -> String { String("\(day)".prefix(7)).replacing("-", with: "_") }

  @Test func `points drops whole months, keeps the logbook, and no fetch brings them back`() async throws {
    try await withStage([.delivery, .commuter]) { stage in
      #expect(try await stage.etl(Self.backfill).code == 0)
      let before = try await stage.tables()
      let routes = try await stage.rows("table warehouse.route")
      let newer = try await stage.rows("select * from warehouse.route_point where day >= '\(Self.horizon)'")
      #expect(try await stage.rows(old("warehouse.route_point")).count > 100 && newer.count > 100)
      let oldest = "(warehouse.route_point_\(Self.month(Self.from)))"
      #expect(try await partitions(stage, of: "warehouse.route_point").contains(oldest))

      let prune = ["prune", "--points-older-than", "\(Self.horizon)", "--format", "json"]
      let preview = try await stage.etl(prune)
      #expect(preview.code == 0, "\(preview.errors)")
      #expect(try await stage.tables() == before)
      let done = try await stage.etl(prune + ["--confirm"])
      #expect(done.code == 0, "\(done.errors)")
      #expect(done.output == preview.output.replacing(#""done" : false"#, with: #""done" : true"#))
      #expect(done.output.contains(#""is_whole" : true"#) && done.output.contains(#""is_whole" : false"#))

      // Refetched, also when the content is another than known, and with the memory of it taken away.
      for step in ["", "update etl.checkpoint set content_hash = null"] {
        #expect(try await stage.rows(old("warehouse.route_point")).isEmpty)
        #expect(try await !partitions(stage, of: "warehouse.route_point").contains(oldest))
        #expect(try await stage.rows("select * from warehouse.route_point where day >= '\(Self.horizon)'") == newer)
        #expect(try await stage.rows("table warehouse.route") == routes)
        let after = try await stage.tables()
        for table in ["logbook", "route_pause", "data_coverage"] { #expect(after[table] == before[table], "\(table)") }
        try await stage.execute(step)
        let again = try await stage.etl(Self.backfill + ["--refetch"])
        #expect(again.code == 0, "\(again.errors)")
      }
      #expect(try await stage.rows(old("warehouse.route_point")).isEmpty)
      #expect(try await stage.rows("table warehouse.route") == routes)
      for replay in [["replay", "--rewrite"], ["replay", "--check"]] {
        let outcome = try await stage.etl(replay)
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
      }
      #expect(try await stage.rows(old("warehouse.route_point")).isEmpty)
      #expect(try await stage.etl(prune + ["--confirm"]).output.contains(#""rows" : 0"#))
    }
  }

  @Test func `killed while a month is detached is finished by the next one, and loads go on meanwhile`() async throws {
    try await withStage([.delivery, .commuter]) { stage in
      #expect(try await stage.etl(Self.backfill).code == 0)
      let prune = ["prune", "--points-older-than", "\(Self.horizon)", "--confirm"]
      // A dashboard that reads for long: detaching waits for it, nobody else does.
      try await holding(stage, "select count(*) from warehouse.route_point") {
        let killed = try await stage.etl(prune) { process in
          try await eventually("a month is being detached") {
            try await !stage.rows("select from pg_inherits where inhdetachpending").isEmpty
          }
          let load = try await stage.etl(Days.backfill(from: 5, to: 4))
          #expect(load.code == 0, "\(load.errors)")
          kill(process, SIGKILL)
        }
        #expect(killed.code == 128 + SIGKILL)
      }
      #expect(try await stage.rows("select from etl.partition_to_drop").count > 0)
      let again = try await stage.etl(prune)
      #expect(again.code == 0, "\(again.errors)")
      #expect(try await stage.rows(old("warehouse.route_point")).isEmpty)
      #expect(try await stage.rows("select from etl.partition_to_drop").isEmpty)
      let name = "warehouse.route_point_\(Self.month(Self.from))"
      #expect(try await stage.rows("select where to_regclass('\(name)') is not null").isEmpty)
    }
  }

  @Test func `responses leaves rows that stand for themselves, until the day is fetched again`() async throws {
    try await withStage([.delivery, .commuter]) { stage in
      #expect(try await stage.etl(Self.backfill).code == 0)
      let before = try await stage.tables()
      // A list of the month of which only some days go.
      try await stage.execute(
        """
        insert into etl.response (
          day, account_key, action, requested_at, answered_at, http_status, content_type, is_complete, body_bytes, body_sha256,
          body_compressed)
        select '\(Self.horizon.previous)', account_key, action, requested_at, answered_at, http_status, content_type, is_complete,
               body_bytes, body_sha256, body_compressed
        from etl.response where action = 'devicelist' limit 1
        """)
      let prune = ["prune", "--responses-older-than", "\(Self.horizon)", "--confirm"]
      let done = try await stage.etl(prune)
      #expect(done.code == 0, "\(done.errors)")
      #expect(try await stage.rows(old("etl.response")).isEmpty)
      #expect(try await stage.rows("select from etl.response").count > 3)
      #expect(try await stage.tables() == before)
      let pruned = "select from etl.checkpoint where responses_pruned_at is not null and day < '\(Self.horizon)'"
      #expect(try await stage.rows(pruned).count > 10)
      for replay in [["replay", "--rewrite"], ["replay", "--check"]] {
        let outcome = try await stage.etl(replay)
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        #expect(try await stage.tables() == before)
      }
      // Responses that are not there any more are not missed; those that come again count.
      #expect(try await stage.etl(Self.backfill + ["--refetch"]).code == 0)
      #expect(try await stage.tables() == before)
      #expect(try await stage.rows(pruned).isEmpty)

      try await stage.execute(
        "insert into etl.unloaded_response select response_key, day, account_key from etl.response limit 1")
      let refused = try await stage.etl(["prune", "--responses-older-than", "1d", "--confirm"])
      #expect(refused.code == 75 && refused.errors.contains("not loaded yet"))
      #expect(try await stage.rows(old("etl.response")).isEmpty == false)
    }
  }

  @Test
  func `responses killed while a month is detached takes no call of that month, until the next one has finished it`()
    async throws
  {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(Self.backfill).code == 0)
      let before = try await stage.tables()
      let prune = ["prune", "--responses-older-than", "\(Self.horizon)", "--confirm"]
      let month = ["backfill", "--refetch", "--from", "\(Self.from)", "--to", "\(Self.from)"]
      try await holding(stage, "select count(*) from etl.response") {
        let killed = try await stage.etl(prune) { process in
          try await eventually("a month is being detached") {
            try await !stage.rows("select from pg_inherits where inhdetachpending").isEmpty
          }
          kill(process, SIGKILL)
        }
        #expect(killed.code == 128 + SIGKILL)
        try await expectNoCall(month, stage)
        #expect(try await stage.etl(["run"]).code == 0)
      }
      try await eventually("the server has detached the month") {
        try await stage.rows("select from pg_inherits where inhdetachpending").isEmpty
      }
      try await expectNoCall(month, stage)
      #expect(try await stage.etl(["run"]).code == 0)
      #expect(try await stage.etl(prune).code == 0)
      #expect(try await stage.rows("select from etl.partition_to_drop").isEmpty)
      #expect(try await stage.tables()["logbook"]?.count ?? 0 >= before["logbook"]?.count ?? 1)
      #expect(try await stage.etl(month).code == 0)
      #expect(try await stage.rows(old("etl.response")).count == 1)
    }
  }

  private func expectNoCall(_ command: [String], _ stage: Stage) async throws {
    let calls = stage.calls.count
    let refused = try await stage.etl(command)
    #expect(
      refused.code == 75 && refused.errors.contains("a prune is dropping the archive's partition"), "\(refused.errors)")
    #expect(stage.calls.count == calls)
  }

  @Test func `needs the owner, an age, and to be the only one`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(["migrate", "--with-roles"]).code == 0)
      let prune = ["prune", "--points-older-than", "400d"]
      let loader: [String: String?] = ["DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_loader")]
      #expect(try await stage.etl(prune, with: loader).code == 0)
      let refused = try await stage.etl(prune + ["--confirm"], with: loader)
      #expect(refused.code == 78 && refused.errors.contains("fleetize_owner"))
      let owner: [String: String?] = ["DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_owner")]
      let busy = try await holding(stage, "select pg_advisory_lock(hashtextextended('fleetize-etl prune', 0))") {
        try await stage.etl(prune + ["--confirm"], with: owner)
      }
      #expect(busy.code == 75 && busy.errors.contains("another prune"))
      let allowed = try await stage.etl(prune + ["--confirm"], with: owner)
      #expect(allowed.code == 0, "\(allowed.errors)")
      for wrong in [["prune"], ["prune", "--points-older-than", "soon"], prune + ["--account", "default"]] {
        #expect(try await stage.etl(wrong).code == 64, "\(wrong)")
      }
    }
  }
}
