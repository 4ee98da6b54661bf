import Foundation
import Load
import Postgres
import Schema
import TestSupport
import Testing

/// The roles of `migrate --with-roles`, each tried as what it is: a login of its own.
@Suite struct `The roles` {
  /// Runs `body` with the URL of a database that a superuser has migrated with roles.
  private func withRoles<Result: Sendable>(_ body: (String) async throws -> Result) async throws -> Result {
    try await withTestDatabase { url in
      try await session(url) { db in
        try await Migrator(connection: db, logger: quiet).migrate(now: aMoment, withRoles: true)
      }
      return try await body(url)
    }
  }

  @discardableResult
  private func session<Result: Sendable>(
    _ url: String, as role: String? = nil, _ body: (Connection) async throws -> Result
  ) async throws -> Result {
    let target = role.map { databaseURL(url, user: $0) } ?? url
    let connection = try await Connection.open(target, applicationName: "tests", logger: quiet)
    let result = try await body(connection)
    await connection.close()
    return result
  }

  private func lines(_ query: String, _ url: String, as role: String? = nil) async throws -> [String] {
    try await session(url, as: role) { db in try await db.lines(query) }
  }

  private func refusals(
    _ url: String, as role: String, _ statements: [String], after preparation: String = "select 1"
  ) async throws -> [String: String] {
    try await session(url, as: role) { db in
      try await db.script(preparation)
      var states: [String: String] = [:]
      for statement in statements {
        do {
          try await db.script(statement)
          states[statement] = "allowed"
        } catch let error as PostgresError {
          states[statement] = error.sqlState ?? "\(error)"
        }
      }
      return states
    }
  }

  private static let ours = """
    ('warehouse'::regnamespace, 'etl'::regnamespace, 'bi'::regnamespace, 'bi_limited'::regnamespace)
    """

  /// What is ours and does not belong to the owner.
  private static let foreign = """
    select name from (
      select nspname::text as name, nspowner as owner from pg_namespace where oid in \(ours)
      union all select oid::regclass::text, relowner from pg_class where relnamespace in \(ours)
      union all select oid::regprocedure::text, proowner from pg_proc where pronamespace in \(ours)
      union all select oid::regtype::text, typowner from pg_type where typnamespace in \(ours)
    ) as thing where owner <> 'fleetize_owner'::regrole order by 1
    """

  @Test func `leave nothing of ours to anybody but the owner`() async throws {
    let foreign = try await withRoles { url in try await lines(Self.foreign, url) }
    #expect(foreign == [])
  }

  @Test func `take over a schema that was made without them, with its partitions, and again change nothing`()
    async throws
  {
    try await withTestDatabase { url in
      try await session(url) { db in
        let migrator = Migrator(connection: db, logger: quiet)
        try await migrator.migrate(now: aMoment)
        try await db.script(
          """
          select etl.ensure_partition('etl.response', '2026-11-01');
          create view bi.own as select 1 as one;
          """)
        #expect(try await db.lines(Self.foreign).count > 20)
        try await migrator.migrate(now: aMoment, withRoles: true)
        #expect(try await db.lines(Self.foreign) == ["bi.own", "bi.own", "bi.own[]"], "what others made stays theirs")
        #expect(try await migrator.migrate(now: aMoment, withRoles: true) == Migrator.Outcome())
        #expect(try await migrator.migrate(now: aMoment) == Migrator.Outcome())
        try await migrator.check()
      }
      let byOwner = try await session(url, as: "fleetize_owner") { db in
        try await Migrator(connection: db, logger: quiet).migrate(now: aMoment, withRoles: true)
      }
      #expect(byOwner == Migrator.Outcome())
    }
  }

  @Test(arguments: [nil, "fleetize_owner"])
  func `get their rights on what a later version adds, whoever migrates`(migrating: String?) async throws {
    try await withRoles { url in
      let number = String(SQLFile.migrations.count + 1)
      let migration = SQLFile(
        name: "\(String(repeating: "0", count: 4 - number.count))\(number)_add_thing.sql",
        text: "create table warehouse.thing (id integer); create schema later; drop schema later;")
      let view = SQLFile(name: "thing.sql", text: "create view bi.thing as select id from warehouse.thing;")
      try await session(url, as: migrating) { db in
        let outcome = try await Migrator(
          connection: db, migrations: SQLFile.migrations + [migration], views: SQLFile.views + [view], logger: quiet
        ).migrate(now: aMoment)
        #expect(outcome.migrations == [migration.name])
        #expect(try await db.lines("select current_user") == [migrating ?? "fleetize"])
        #expect(try await db.lines(Self.foreign) == [])
      }
      for view in ["thing", "logbook"] {
        #expect(try await lines("table bi.\(view)", url, as: "fleetize_reader") == [])
      }
    }
  }

  @Test func `are kept apart: who is not the owner cannot migrate`() async throws {
    try await withRoles { url in
      for role in ["fleetize_loader", "fleetize_reader"] {
        await #expect(throws: (any Error).self) {
          try await session(url, as: role) { db in
            try await Migrator(connection: db, logger: quiet).migrate(now: aMoment)
          }
        }
      }
      let loader = try await refusal {
        _ = try await session(url, as: "fleetize_loader") { db in
          try await Migrator(connection: db, logger: quiet).migrate(now: aMoment)
        }
      }
      #expect("\(loader)".contains("belongs to fleetize_owner"))
      let states = try await refusals(
        url, as: "fleetize_loader", ["set role fleetize_owner", "set role fleetize_reader"])
      #expect(Set(states.values) == ["42501"])
    }
  }

  @Test func `have a decision for every table: add a new one to Rights.loaderTables`() async throws {
    try await withRoles { url in
      try await session(url) { db in
        let forgotten = try await db.lines(
          """
          select oid::regclass::text as name from pg_class
          where relnamespace in ('warehouse'::regnamespace, 'etl'::regnamespace) and relkind in ('r', 'p', 'v', 'm', 'f')
            and not relispartition and not has_table_privilege('fleetize_loader', oid, 'select')
          """)
        #expect(forgotten == [])
      }
    }
  }

  @Test func `have a decision for every function, which is safe to call: add a new one to Rights.loaderFunctions`()
    async throws
  {
    try await withRoles { url in
      try await session(url) { db in
        // A function of the owner must not be led astray by what a caller puts before or behind the catalogue.
        let unsafe = try await db.lines(
          """
          select oid::regprocedure::text as name, proconfig::text from pg_proc
          where pronamespace in \(Self.ours)
            and proname <> 'seconds_between'
            and (proconfig is null or not 'search_path=pg_catalog, pg_temp' = any(proconfig)
              or has_function_privilege('public', oid, 'execute') and proname <> 'track_geojson'
              or has_function_privilege('fleetize_reader', oid, 'execute') and proname <> 'track_geojson'
              or not has_function_privilege('fleetize_loader', oid, 'execute'))
          """)
        #expect(unsafe == [])
        // Of the views, with a body that was bound when it was created, and without the rights of its owner.
        let pure = try await db.lines(
          """
          select prosqlbody is not null as is_bound, prosecdef, provolatile, has_function_privilege('fleetize_reader', oid, 'execute')
          from pg_proc where pronamespace = 'warehouse'::regnamespace and proname <> 'track_geojson'
          """)
        #expect(pure == ["true | false | i | true"])
        #expect(try await !db.lines("select from pg_proc where pronamespace = 'etl'::regnamespace").isEmpty)
        // With the rights of its owner: it must be out of reach but through the views.
        let tracks = try await db.lines(
          """
          select prosecdef, provolatile, has_schema_privilege('fleetize_reader', 'warehouse', 'usage'),
            has_schema_privilege('fleetize_limited_reader', 'warehouse', 'usage')
          from pg_proc where oid::regproc = 'warehouse.track_geojson'::regproc
          """)
        #expect(tracks == ["true | s | false | false"])
      }
    }
  }

  @Test func `let readers create temporary tables only where the owner says so, and keep that`() async throws {
    try await withRoles { url in
      let temporary = "create temporary table t (id integer)"
      let writable = "set default_transaction_read_only to off"
      #expect(try await refusals(url, as: "fleetize_reader", [temporary], after: writable) == [temporary: "42501"])
      for mayUse in [true, false] {
        try await session(url) { db in
          _ = try await Migrator(connection: db, logger: quiet)
            .migrate(now: aMoment, withRoles: true, readersMayUseTemporaryTables: mayUse)
        }
        #expect(try await refusals(url, as: "fleetize_reader", [temporary], after: writable) == [temporary: "allowed"])
      }
    }
  }

  @Test func `let the loader do no DDL, no harm to the archive, and nothing to the records of migrate`() async throws {
    try await withRoles { url in
      try await session(url) { db in
        try await db.script(
          """
          insert into warehouse.account (name) values ('default');
          select etl.ensure_partition('etl.response', '2026-11-01');
          """)
      }
      let states = try await refusals(
        url, as: "fleetize_loader",
        [
          "create table warehouse.t (id integer)", "create table etl.t (id integer)", "create view bi.v as select 1",
          "create table public.t (id integer)", "create schema s", "create temporary table t (id integer)",
          "drop table warehouse.route_pause", "drop view bi.logbook", "alter table etl.response add note text",
          "alter table warehouse.route_point detach partition warehouse.route_point_2026_11",
          "create index on warehouse.route (pause_s)", "comment on table etl.run is 'mine'",
          "alter function etl.ensure_partition(regclass, date) reset all",
          "delete from etl.response", "update etl.response set http_status = 200", "truncate etl.response",
          "delete from etl.response_2026_11", "select from etl.response_2026_11", "truncate warehouse.route_point",
          "delete from etl.api_call", "delete from etl.run", "delete from etl.account_block",
          "insert into etl.schema_migration values (99, 'x', 'x', now())", "delete from etl.schema_migration",
          "update etl.schema_view set sha256 = ''", "delete from warehouse.device_status",
          "update warehouse.calendar set local_date = local_date + 1", "delete from warehouse.account",
        ])
      #expect(states.filter { $0.value != "42501" } == [:])

      try await session(url, as: "fleetize_loader") { db in
        try await db.script(
          """
          select etl.ensure_partition('warehouse.route_point', '2026-11-01');
          select etl.ensure_partition('etl.response', '2026-12-01');
          insert into etl.response (day, account_key, action, requested_at, answered_at, http_status, is_complete,
            body_bytes, body_sha256, body_compressed)
          values ('2026-12-01', 1, 'devicelist', now(), now(), 200, true, 0, '', '');
          """)
        #expect(try await db.lines("select account_key from etl.response") == ["1"])
        #expect(try await db.lines("select name from warehouse.account") == ["default"])
      }
    }
  }

  @Test func `let the reader read every view`() async throws {
    try await withRoles { url in
      try await session(url, as: "fleetize_reader") { db in
        for view in SQLFile.views.map({ $0.name.dropLast(4) }) {
          _ = try await db.lines("table bi.\(view)")
        }
      }
      #expect(try await lines("select current_setting('search_path')", url, as: "fleetize_reader") == ["bi"])
    }
  }

  private static let forbiddenToReaders = [
    "select from warehouse.account", "select from warehouse.route_point", "select from etl.response",
    "select from etl.api_call", "select from etl.schema_migration", "insert into warehouse.account (name) values ('x')",
    "delete from warehouse.route", "update etl.run set calls = 0", "truncate warehouse.route",
    "create table t (id integer)",
    "create table bi.t (id integer)", "create table public.t (id integer)", "create view bi.v as select 1",
    "create temporary table t (id integer)", "create schema s", "drop view bi.logbook",
    "select etl.ensure_partition('etl.response', '2026-11-01')", "set role fleetize_owner", "set role fleetize_loader",
    "copy bi.run to '/tmp/run'", "copy bi.run to program 'cat'", "select pg_read_file('PG_VERSION')",
    "alter role fleetize_loader superuser",
  ]

  @Test(arguments: ["select 1", "set default_transaction_read_only to off; set transaction_read_only to off"])
  func `let the reader do nothing but read, even when it takes off its own brakes`(preparation: String) async throws {
    try await withRoles { url in
      let states = try await refusals(url, as: "fleetize_reader", Self.forbiddenToReaders, after: preparation)
      // Forbidden, read-only, or no schema in the search path that it may create in.
      let refusals: Set = ["42501", "25006", "3F000"]
      #expect(states.filter { !refusals.contains($0.value) } == [:])
      if preparation == "select 1" {
        #expect(states["create temporary table t (id integer)"] == "25006")
      } else {
        #expect(states.filter { $0.value == "25006" } == [:])
      }
    }
  }

  @Test func `stop a reader's query that takes too long`() async throws {
    try await withRoles { url in
      let source = "select source from pg_settings where name = 'jit' and setting = 'off'"
      #expect(try await lines(source, url, as: "fleetize_reader") == ["user"])
      #expect(try await lines("select current_setting('statement_timeout')", url, as: "fleetize_reader") == ["1min"])
      // The same setting, shorter for this database: a test cannot wait for a minute.
      try await session(url) { db in
        try await db.script(
          """
          do $$ begin
            execute format(
              'alter role fleetize_reader in database %I set statement_timeout to ''50ms''', current_database());
          end $$
          """)
      }
      let states = try await refusals(
        url, as: "fleetize_reader", ["select count(*) from generate_series(1, 1000000000)"])
      #expect(Array(states.values) == ["57014"])
    }
  }
}
