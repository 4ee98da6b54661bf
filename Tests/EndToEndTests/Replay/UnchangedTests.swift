import FleetizeSimulator
import Foundation
import Postgres
import TestSupport
import Testing

/// What is in the tables already is recognised and not written again. On a server of its own, where nobody else writes.
@Suite struct `Answers that are in the tables already` {
  /// Rows written since the statistics began, by table; rolled back ones too.
  private static let writes = """
    select schemaname || '.' || relname || ': ' || n_tup_ins || ' inserted, ' || n_tup_upd || ' updated, ' || n_tup_del || ' deleted'
      as line
    from pg_stat_user_tables
    where schemaname in ('warehouse', 'etl') and n_tup_ins + n_tup_upd + n_tup_del > 0
    order by 1
    """

  @Test func `cost no write and next to no log when they are replayed, or loaded again as at night`() async throws {
    try await withPrivateCluster { server in
      try await withStage([.delivery, .nightShift, .commuter], database: server) { stage in
        // What the server does by itself is not to be counted.
        for setting in ["autovacuum = off", "checkpoint_timeout = '1h'"] {
          try await stage.execute("alter system set \(setting)")
        }
        try await stage.execute("select pg_reload_conf()")
        let first = try await loggedBytes(stage) {
          try await stage.succeed(Days.backfill(from: 24, to: 4))
        }
        let answers = try await stage.rows("select from etl.response").count
        try #require(answers > 60)
        #expect(first > 500_000, "\(first)")

        try await expectNoWrite(["replay"], on: stage, transactions: 16, but: [Self.run])
        // As responses that a killed run had archived: each in a transaction of its own.
        try await stage.execute(
          "insert into etl.unloaded_response select response_key, day, account_key from etl.response")
        try await expectNoWrite(
          Days.backfill(from: 24, to: 4), on: stage, transactions: answers,
          but: [Self.run, "etl.unloaded_response: 0 inserted, 0 updated, \(answers) deleted"])
      }
    }
  }

  /// The responses are new, the rows that follow from them are not.
  @Test func `and come again from the API leave routes, points, pauses and their findings alone`() async throws {
    try await withStage([.delivery, .nightShift]) { stage in
      try await stage.succeed(Days.backfill(from: 9, to: 4))
      let facts = ["warehouse.route", "warehouse.route_point", "warehouse.route_pause", "etl.finding"]
      let rows = facts.map { "select ctid::text || xmin::text from \($0)" }.joined(separator: " union all ")
      let before = try await stage.rows(rows)
      try #require(before.count > 100)
      try await waitUntilAlone(stage)
      try await stage.execute("select pg_stat_reset()")
      let again = try await stage.etl(Days.backfill(from: 9, to: 4, "--refetch", "--format", "json"))
      #expect(again.code == 0 && again.output.contains(#""unchanged" : 12"#), "\(again)")
      #expect(try await stage.rows(rows) == before)
      try await waitUntilAlone(stage)
      let writes = try await stage.texts(Self.writes)
      #expect(writes.contains { $0.hasPrefix("etl.response: ") || $0.hasPrefix("etl.response_") }, "\(writes)")
      #expect(!writes.contains { line in facts.contains { line.hasPrefix($0) } }, "\(writes)")
    }
  }

  /// The logbook of runs has a line for each.
  private static let run = "etl.run: 1 inserted, 1 updated, 0 deleted"

  private func expectNoWrite(
    _ command: [String], on stage: Stage, transactions: Int, but expected: [String]
  ) async throws {
    let calls = stage.calls.count
    try await waitUntilAlone(stage)
    try await stage.execute("select pg_stat_reset()")
    let bytes = try await loggedBytes(stage) {
      let outcome = try await stage.etl(command)
      #expect(outcome.code == 0, "\(command): \(outcome.errors)")
    }
    let writes = try await stage.texts(Self.writes)
    #expect(writes == expected, "\(command): \(writes)")
    // Of each transaction its commit, and that a device was held. Loading all of it wrote half a megabyte.
    #expect(bytes < 4_096 + 256 * transactions, "\(command): \(bytes) bytes of log")
    #expect(stage.calls.count == calls)
  }

  /// Sessions report what they wrote as they end.
  private func waitUntilAlone(_ stage: Stage) async throws {
    try await eventually("all sessions have ended") {
      try await stage.rows(
        """
        select from pg_stat_activity
        where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
        """
      ).isEmpty
    }
  }

  /// Of the write-ahead log, while `body` runs.
  private func loggedBytes(_ stage: Stage, _ body: () async throws -> Void) async throws -> Int {
    let position = "select pg_current_wal_insert_lsn()::text as line"
    let before = try await stage.texts(position)[0]
    try await body()
    try await waitUntilAlone(stage)
    let difference = try await stage.texts("select (pg_current_wal_insert_lsn() - '\(before)'::pg_lsn)::text as line")[
      0]
    return try #require(Int(difference))
  }
}
