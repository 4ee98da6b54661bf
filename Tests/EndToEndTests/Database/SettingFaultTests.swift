import FleetizeSimulator
import Foundation
import Postgres
import Testing

/// What an administrator may have set for a database or a role, and rights that are missing.
@Suite struct `A database` {
  private static let command = Days.backfill(from: 6, to: 5)

  @Test func `with time limits for statements and idle sessions does not stop a run`() async throws {
    try await withStage([.delivery]) { stage in
      let holder = try await Connection.ofTest(stage.databaseURL)
      try await stage.set(
        "statement_timeout = '1s'", "idle_session_timeout = '1s'", "idle_in_transaction_session_timeout = '1s'")
      // A load waits for this lock longer than a statement may take, and the pause between calls is longer than a session may idle.
      try await holder.script("begin; lock table warehouse.route in exclusive mode")
      let outcome = try await stage.etl(Self.command, with: ["FLEETIZE_REQUEST_INTERVAL": "1.5"]) { _ in
        try await eventually("a load waits") { try await stage.isSomebodyWaiting() }
        try await Task.sleep(for: .seconds(1.5))
        try await holder.script("commit")
      }
      await holder.close()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(stage.askedDays.count == 2)
    }
  }

  @Test func `whose lock cannot be acquired in time ends a run with 75, and the response is kept`() async throws {
    try await withStage(interval: CrashScene.interval) { stage in
      try await stage.set("lock_timeout = '300ms'")
      let holder = try await Connection.ofTest(stage.databaseURL)
      try await holder.script("begin; lock table warehouse.route in exclusive mode")
      let stopped = try await stage.etl(Self.command)
      #expect(stopped.code == 75, "\(stopped.errors)")
      #expect(stopped.errors.contains("lock timeout") && stopped.errors.contains("pg_locks"))
      #expect(stage.askedDays.count == 1)
      await holder.close()

      try await stage.succeed(Self.command)
      #expect(stage.askedDays.count == 4 && Set(stage.askedDays).count == 4, "the kept response was asked for again")
    }
  }

  @Test(arguments: ["repeatable read", "serializable"])
  func `with another isolation of transactions is worked on by two programs at once`(level: String) async throws {
    try await withStage { stage in
      try await stage.set("default_transaction_isolation = '\(level)'")
      let command = Days.backfill(from: 9, to: 2)
      async let one = stage.etl(command)
      async let other = stage.etl(command)
      let outcomes = try await [one, other]
      #expect(outcomes.map(\.code) == [0, 0], "\(outcomes.map(\.errors))")
      #expect(stage.askedDays.count > 8 && Set(stage.askedDays).count == stage.askedDays.count)
    }
  }

  @Test func `that ends a load in a deadlock costs no call, because the load is done again`() async throws {
    try await withStage { stage in
      try await stage.set("deadlock_timeout = '3s'")
      let holder = try await Connection.ofTest(stage.databaseURL)
      // So that it is the program's transaction that is given up.
      try await holder.script("set deadlock_timeout = '300s'; begin; lock table warehouse.route in exclusive mode")
      let outcome = try await stage.etl(Self.command) { _ in
        // It has the device and waits to write its routes; now the other way round.
        try await eventually("a load waits") { try await stage.isSomebodyWaiting() }
        try await holder.script("select from warehouse.device for update; commit")
      }
      await holder.close()
      #expect(outcome.code == 0, "\(outcome.errors)")
      try await eventually("the server counts a deadlock") {
        try await stage.rows("select from pg_stat_database where datname = current_database() and deadlocks = 1").count
          == 1
      }
      #expect(stage.askedDays.count == 4 && Set(stage.askedDays).count == 4)
    }
  }

  /// Our transactions are such that the server has no reason for it; a trigger gives it one.
  @Test(arguments: [("warehouse.route", 2), ("etl.response", 4)])
  func `that gives transactions up for the sake of others costs no call, because they are done again`(
    table: String, times: Int
  ) async throws {
    try await withStage(interval: CrashScene.interval) { stage in
      try await stage.refuse(table, times: times)
      let outcome = try await stage.etl(Self.command)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try await stage.texts("select (last_value >= \(times))::text as line from public.refusal") == ["true"])
      #expect(stage.askedDays.count == 4 && Set(stage.askedDays).count == 4)
      #expect(try await stage.rows("select from etl.unloaded_response") == [])
      #expect(try await stage.rows("select from bi.data_coverage where state in ('final', 'empty')").count == 4)
    }
  }

  @Test func `that gives each transaction up ends a run with 75 and nothing half-done, and the response is kept`()
    async throws
  {
    try await withStage(interval: CrashScene.interval) { stage in
      try await stage.refuse("warehouse.route_point", times: 1_000)
      let stopped = try await stage.etl(Self.command)
      #expect(stopped.code == 75, "\(stopped.errors)")
      #expect(stopped.errors.contains("could not serialize access") && stopped.errors.contains("hint:"))
      #expect(try await stage.texts("select last_value::text as line from public.refusal") == ["3"])
      #expect(stage.askedDays.count == 1)
      #expect(try await stage.rows("select from etl.unloaded_response").count == 1)
      for table in ["route", "route_point", "route_pause"] {
        #expect(try await stage.rows("select from warehouse.\(table)") == [])
      }

      try await stage.execute("drop function public.refuse cascade")
      try await stage.succeed(Self.command)
      #expect(stage.askedDays.count == 4 && Set(stage.askedDays).count == 4, "the kept response was asked for again")
    }
  }

  @Test func `that is set to read only makes no call and exits 69`() async throws {
    try await withStage { stage in
      try await stage.set("default_transaction_read_only = on")
      for command in [["run"], Self.command, ["unblock", "--confirm"]] {
        let outcome = try await stage.etl(command)
        #expect(outcome.code == 69, "\(command): \(outcome.errors)")
        #expect(outcome.errors.contains("read-only") && outcome.errors.contains("target_session_attrs=read-write"))
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `that is older or newer than the program makes no call and exits 78`() async throws {
    try await withStage { stage in
      try await stage.execute(
        "create table kept as table etl.schema_migration; delete from etl.schema_migration where version = (select max(version) from kept)"
      )
      let older = try await stage.etl(["run"])
      #expect(older.code == 78)
      #expect(older.errors.contains("older than this program") && older.errors.contains("fleetize-etl migrate"))

      try await stage.execute(
        """
        insert into etl.schema_migration table kept on conflict do nothing;
        insert into etl.schema_migration select 1 + max(version), '9999_future.sql', 'abc', '2030-01-01' from kept
        """)
      for command in [["run"], ["migrate"]] {
        let newer = try await stage.etl(command)
        #expect(newer.code == 78)
        #expect(newer.errors.contains("newer than this program") && newer.errors.contains("9999_future.sql"))
      }
      #expect(stage.calls.isEmpty)
    }
  }

  @Test func `in which the role may not write makes no call and exits 78`() async throws {
    try await withStage { stage in
      let role = "nobody_\(UUID().uuidString.prefix(8).lowercased())"
      try await stage.execute("create role \(role) login")
      var url = try #require(URLComponents(string: stage.databaseURL))
      url.user = role
      let database = try #require(url.string)
      // First without any right, then with all but that of writing calls down, which shows only when one is about to leave.
      for grants in [
        "",
        """
        grant usage on schema warehouse, etl, bi to \(role);
        grant all on all tables in schema warehouse, etl, bi to \(role);
        grant execute on all functions in schema etl to \(role);
        revoke insert on etl.api_call from \(role);
        """,
      ] {
        try await stage.execute(grants)
        let outcome = try await stage.etl(Self.command, with: ["DATABASE_URL": database])
        #expect(outcome.code == 78, "\(outcome.errors)")
        #expect(outcome.errors.contains("permission denied") && outcome.errors.contains("hint:"))
      }
      #expect(stage.calls.isEmpty)
      try await stage.execute("drop owned by \(role); drop role \(role)")
    }
  }
}

extension Stage {
  /// Sets something for everybody who uses the database from now on.
  fileprivate func set(_ settings: String...) async throws {
    let name = try #require(URLComponents(string: databaseURL)?.path.dropFirst())
    for setting in settings { try await execute("alter database \(name) set \(setting)") }
  }

  /// Answers the next writes to a table with a serialization failure.
  fileprivate func refuse(_ table: String, times: Int) async throws {
    try await execute(
      """
      create sequence public.refusal;
      create function public.refuse() returns trigger language plpgsql as $$
      begin
        if nextval('public.refusal') <= \(times) then
          raise exception 'could not serialize access' using errcode = 'serialization_failure';
        end if;
        return null;
      end $$;
      create trigger refuse before insert on \(table) for each statement execute function public.refuse();
      """)
  }

  fileprivate func isSomebodyWaiting() async throws -> Bool {
    try await !rows(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    ).isEmpty
  }
}
