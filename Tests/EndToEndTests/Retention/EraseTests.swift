import FleetModel
import FleetizeSimulator
import Foundation
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

/// The command, as a process, against a vendor that still has the erased days.
@Suite struct `Erased days` {
  private static let days = 6...7
  private static let erase = ["erase", "--device", "492", "--from", "\(Days.ago(7))", "--to", "\(Days.ago(6))"]
  private static let rows = """
    select device_key, day from warehouse.route union all select device_key, day from warehouse.route_point
    union all select device_key, day from etl.checkpoint union all select device_key, day from etl.response
    """

  private func erasedRows(_ stage: Stage) async throws -> Int {
    try await stage.rows(
      """
      select from (\(Self.rows)) as t join warehouse.device using (device_key)
      where device_id = 492 and day between '\(Days.ago(7))' and '\(Days.ago(6))'
      """
    ).count
  }

  @Test func `are gone after erase, and neither backfill, run, migrate, replay nor a restore brings them back`()
    async throws
  {
    try await withStage([.delivery, .delivery]) { stage in
      let backfill = Days.backfill(from: 9, to: 3)
      #expect(try await stage.etl(backfill).code == 0)
      let before = try await stage.tables()
      #expect(try await erasedRows(stage) > 100)
      for table in ["etl.response", "warehouse.route"] {
        try await stage.execute("create table public.\(table.split(separator: ".")[1]) as table \(table)")
      }
      try await stage.execute(
        "alter table public.route drop column local_week, drop column local_month, drop column local_year, drop column trip_key"
      )

      let preview = try await stage.etl(Self.erase + ["--format", "json"])
      #expect(preview.code == 0, "\(preview.errors)")
      #expect(try await stage.tables() == before)
      let done = try await stage.etl(Self.erase + ["--confirm", "--format", "json"])
      #expect(done.code == 0, "\(done.errors)")
      #expect(done.output == preview.output.replacing(#""done" : false"#, with: #""done" : true"#))
      #expect(try await erasedRows(stage) == 0)
      let after = try await stage.tables()
      for (table, rows) in after {
        let kept = before[table]?.filter { row in
          // What belongs to a trip belongs to the day of its departure; the only date of other rows is their day.
          let day =
            row.firstMatch(of: /"departed_at": "(\d{4}-\d\d-\d\d)/).map { "\($0.1)" }
            ?? row.firstMatch(of: /\d{4}-\d\d-\d\d/).map { "\($0.output)" }
          let isOfDevice = row.contains(",492,") || row.contains(#""device_id": 492,"#)
          return !(isOfDevice && Self.days.contains { "\(Days.ago($0))" == day })
        }
        #expect(rows == kept, "\(table)")
      }

      let calls = stage.calls.count
      for command in [backfill + ["--refetch"], ["run"], ["migrate"]] {
        let outcome = try await stage.etl(command + (command == ["migrate"] ? [] : ["--format", "json"]))
        #expect(outcome.code == 0, "\(command): \(outcome.errors)")
        if command.contains("--refetch") { #expect(outcome.output.contains(#""erased" : 2"#), "\(outcome.output)") }
        #expect(try await erasedRows(stage) == 0, "\(command)")
      }
      let asked = stage.calls[calls...].filter { call in
        call.device == DeviceID(492) && Self.days.contains { call.day == Days.ago($0) }
      }
      #expect(asked.isEmpty && stage.calls.count > calls + 5)

      for command in [["run"], ["migrate"], ["replay", "--rewrite"]] {
        try await stage.execute(
          """
          insert into etl.response select * from public.response on conflict do nothing;
          insert into warehouse.route select * from public.route on conflict do nothing
          """)
        #expect(try await erasedRows(stage) > 2)
        #expect(try await stage.etl(command).code == 0)
        #expect(try await erasedRows(stage) == 0, "\(command)")
      }
      let check = try await stage.etl(["replay", "--check"])
      #expect(check.code == 0, "\(check.output) \(check.errors)")
      let status = try await stage.etl(["status"])
      #expect(status.output.contains("erased:       device 492, \(Days.ago(7)) to \(Days.ago(6))"))
    }
  }

  @Test func `are erased by the next run when erase was killed in the middle, also as the loader`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(["migrate", "--with-roles"]).code == 0)
      let loader: [String: String?] = ["DATABASE_URL": databaseURL(stage.databaseURL, user: "fleetize_loader")]
      #expect(try await stage.etl(Days.backfill(from: 9, to: 3), with: loader).code == 0)
      // Holds the device, so that erase gets no further than its memory.
      let outcome = try await holding(stage, "select from warehouse.device for no key update") {
        try await stage.etl(Self.erase + ["--confirm"], with: loader) { process in
          try await eventually("erase waits for the device") {
            try await !stage.rows(
              "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).isEmpty
          }
          kill(process, SIGKILL)
        }
      }
      #expect(outcome.code == 128 + SIGKILL)
      #expect(try await erasedRows(stage) > 2)
      let run = try await stage.etl(["run"], with: loader)
      #expect(run.code == 0, "\(run.errors)")
      #expect(try await erasedRows(stage) == 0)
    }
  }

  /// All that somebody may look at, in one moment.
  private static let view = [
    "warehouse.route", "warehouse.route_point", "warehouse.route_pause", "warehouse.device_reading", "warehouse.device",
    "warehouse.device_version", "etl.checkpoint", "etl.finding", "etl.response", "bi.logbook", "bi.data_coverage",
  ].map { "select '\($0)', md5(string_agg(t::text, '' order by t::text)) from \($0) as t" }
    .joined(separator: " union all ")

  @Test(arguments: [
    "after a response is deleted", "as points are deleted", "after a cut is made in a response",
    "before the device's attributes", "before the commit of the erasure",
  ]) func `are seen by others as before, until all of them are gone at once`(moment: String) async throws {
    guard case .database(let trigger) = CrashPoint.inErasing.first(where: { $0.name == moment })?.place else {
      throw StageFailure(text: "no such moment: \(moment)")
    }
    try await withCrashStage(.erase) { stage in
      let before = try await stage.rows(Self.view)
      let amid = Mutex<[String]?>(nil)
      try await DatabaseTap.run(to: stage.databaseURL) { tap, url in
        tap.arm(trigger) {
          // The erasure is paused meanwhile.
          let seen = blocking { try await stage.rows(Self.view) }
          amid.withLock { $0 = seen }
          return true
        }
        let done = try await stage.etl(CrashedCommand.erase.arguments, with: ["DATABASE_URL": url])
        #expect(done.code == 0, "\(done.errors)")
      }
      #expect(amid.withLock(\.self) == before, "somebody saw half of an erasure")
      let after = try await stage.rows(Self.view)
      #expect(Set(before).subtracting(after).count >= 7, "\(before) \(after)")
      #expect(try await erasedRows(stage) == 0)
    }
  }

  @Test func `are remembered by a file when the database is an older backup`() async throws {
    let file = "/tmp/fleetize-erasures-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await withStage([.delivery]) { stage in
      let setting: [String: String?] = ["FLEETIZE_ERASURES_FILE": file]
      #expect(try await stage.etl(Days.backfill(from: 9, to: 3), with: setting).code == 0)
      #expect(try await stage.etl(Self.erase + ["--confirm"], with: setting).code == 0)
      #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
      try await withTestDatabase { backup in
        // As if the backup were older: neither the memory nor what it kept out.
        let older = Stage(databaseURL: backup, simulator: stage.simulator, environment: stage.environment)
        let change: [String: String?] = ["DATABASE_URL": backup]
        #expect(try await older.etl(["migrate"], with: change).code == 0)
        #expect(try await older.etl(Days.backfill(from: 9, to: 3), with: change).code == 0)
        #expect(try await erasedRows(older) > 2)
        let outcome = try await older.etl(["run"], with: change.merging(setting) { $1 })
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try await erasedRows(older) == 0)
        try Data("nonsense\n".utf8).write(to: URL(filePath: file))
        let garbled = try await older.etl(["run"], with: change.merging(setting) { $1 })
        #expect(garbled.code == 78 && garbled.errors.contains("line 1"))
      }
    }
  }

  @Test func `need one erase at a time, a known device and one account`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(["run"]).code == 0)
      let busy = try await holding(stage, "select pg_advisory_lock(hashtextextended('fleetize-etl erase', 0))") {
        try await stage.etl(Self.erase + ["--confirm"])
      }
      #expect(busy.code == 75 && busy.errors.contains("another erase"))
      let unknown = try await stage.etl(["erase", "--device", "7", "--from", "2026-01-01", "--to", "2026-01-01"])
      #expect(unknown.code == 64 && unknown.errors.contains("device 7"))
      let accounts: [String: String?] = ["FLEETIZE_ACCOUNTS": "north,south"]
      #expect(try await stage.etl(Self.erase, with: accounts).code == 64)
    }
  }
}

/// Runs `body` while another session is in a transaction that has done `statement`.
func holding<Result: Sendable>(_ stage: Stage, _ statement: String, _ body: () async throws -> Result) async throws
  -> Result
{
  let connection = try await Connection.ofTest(stage.databaseURL, applicationName: "holder")
  try await connection.run { db in try db.script("begin; \(statement)") }
  let outcome: Swift.Result<Result, any Error>
  do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
  await connection.close()
  return try outcome.get()
}
