import Foundation
import Load
import Postgres
import Schema
import TestSupport
import Testing

/// Readers who may see some accounts only, each tried as a login of its own.
@Suite struct `A limited reader` {
  private static let views = SQLFile.views.map { String($0.name.dropLast(4)) }

  /// Two accounts, of which every view tells something: north and south.
  ///
  /// - Parameters:
  ///   - devices: of each account.
  ///   - from: the first day; the last one is 2026-11-05.
  private static func fleets(devices: Int, from: String) -> String {
    """
    \(datesRoutesByHand)
    select etl.ensure_partition('warehouse.route_point', '2026-09-01');
    select etl.ensure_partition('warehouse.route_point', '2026-10-01');
    select etl.ensure_partition('warehouse.route_point', '2026-11-01');
    insert into warehouse.account (name, time_zone) values ('north', 'Europe/Berlin'), ('south', 'Europe/Berlin');
    insert into etl.account_limit select account_key, 'default', 100, 60 from warehouse.account;
    insert into warehouse.device (account_key, device_id, name)
      select account_key, 1000 * account_key + no, name || ' ' || no from warehouse.account, generate_series(1, \(devices)) as no;
    insert into warehouse.device_reading (device_key, read_at, source, fingerprint, first_answered_at, last_answered_at, name, error_code)
      select device_key, '2026-10-05', 'device', 1, '2026-10-05', '2026-10-05', name, 2 from warehouse.device;
    insert into warehouse.device_version select device_key, '2026-10-05', name from warehouse.device;
    insert into warehouse.route (
      device_key, day, route_no, departed_at, arrived_at, origin_mileage_km, destination_mileage_km, pause_s, pause_count,
      point_count, south_e7, west_e7, north_e7, east_e7)
      select device_key, day, no, day at time zone 'UTC' + no * interval '6 hours', day at time zone 'UTC' + no * interval '7 hours',
        10 * no, 10 * no + 5, 60, 1, 1, 1, 1, 1, 1
      from warehouse.device, generate_series(timestamp '\(from)', '2026-11-05', interval '1 day') as day,
        generate_series(1, 2) as no;
    insert into warehouse.route_pause (device_key, day, route_no, seq, started_at, ended_at)
      select device_key, day, route_no, 1, departed_at, departed_at + interval '1 minute' from warehouse.route;
    insert into warehouse.route_point (device_key, day, seq, route_no, latitude_e7, longitude_e7)
      select device_key, day, seq, route_no, 1, 1 from warehouse.route, generate_series(1, 9) as seq where day >= '2026-09-01';
    insert into etl.checkpoint (device_key, day, state, route_count) select device_key, day, 'final', 2 from warehouse.route
      where route_no = 1;
    insert into etl.run (account_key, command, version, host, process_id, started_at)
      select account_key, 'run', '1', name, 1, '2026-10-05' from warehouse.account;
    insert into etl.api_call (run_key, account_key, egress, action, started_at, ended_at, outcome)
      select run_key, account_key, 'default', 'devicelist', '2026-10-05', '2026-10-05', 'answered' from etl.run;
    insert into etl.finding (account_key, device_key, rule, severity, occurrences, detail)
      select account_key, device_key, 'odd', 'info', 1, name from warehouse.device;
    insert into etl.finding (account_key, device_key, day, rule, severity, occurrences, detail)
      select account_key, device_key, '2026-10-05', 'unknown_tag', 'info', 1, name || ': not in the document.' from warehouse.device;
    """
  }

  private struct Fleet {
    let url: String
    /// A new login that may read the limited views.
    let reader: String

    func query(_ sql: String, as role: String? = nil) async throws -> [String] {
      let connection = try await Connection.open(
        role.map { databaseURL(url, user: $0) } ?? url, applicationName: "tests", logger: quiet)
      let lines = try await connection.run { db in try db.lines(sql) }
      await connection.close()
      return lines
    }

    /// The plan of a query as the role would get it.
    func plan(_ sql: String, as role: String, _ explain: String = "explain (costs off)") async throws -> String {
      let connection = try await Connection.open(databaseURL(url, user: role), applicationName: "tests", logger: quiet)
      // Joining all of so few rows is cheap: what counts is whether the indexes can be used.
      try await connection.script("set enable_hashjoin = off; set enable_mergejoin = off")
      let lines = try await connection.run { db in
        try db.query("\(unescaped: explain) \(unescaped: sql)").map { try $0.decode(0, as: String.self) }
      }
      await connection.close()
      return lines.joined(separator: "\n")
    }

    func script(_ sql: String, as role: String? = nil) async throws {
      let connection = try await Connection.open(
        role.map { databaseURL(url, user: $0) } ?? url, applicationName: "tests", logger: quiet)
      try await connection.script(sql)
      await connection.close()
    }
  }

  private func withFleets(
    devices: Int = 1, from: String = "2026-10-30", _ body: (Fleet) async throws -> Void
  ) async throws {
    try await withTestDatabase { url in
      // Roles are of the whole cluster, where other tests are at work.
      let fleet = Fleet(url: url, reader: "reader_\(UUID().uuidString.lowercased().prefix(8))")
      let db = try await Connection.open(url, applicationName: "tests", logger: quiet)
      try await Migrator(connection: db, logger: quiet).migrate(now: aMoment, withRoles: true)
      await db.close()
      try await fleet.script(
        Self.fleets(devices: devices, from: from)
          + "analyze; create role \(fleet.reader) login in role fleetize_limited_reader;")
      let result: Result<Void, any Error>
      do { result = .success(try await body(fleet)) } catch { result = .failure(error) }
      try await fleet.script("drop owned by \(fleet.reader); drop role \(fleet.reader)")
      try result.get()
    }
  }

  @Test func `sees in every view the rows of the accounts granted, and no others`() async throws {
    try await withFleets { fleet in
      let accounts = "select coalesce(string_agg(distinct account, ' '), '') as accounts from"
      for view in Self.views {
        #expect(try await fleet.query("\(accounts) bi.\(view)") == ["north south"], "bi.\(view)")
        #expect(try await fleet.query("\(accounts) bi_limited.\(view)", as: fleet.reader) == [""], "bi_limited.\(view)")
      }
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north')", as: "fleetize_owner")
      for view in Self.views {
        // What is told by the hour of the query differs from one to the next.
        let columns = view == "api_budget" ? "account, calls_used" : "*"
        let expected = try await fleet.query(
          "select \(columns) from bi.\(view) where account = 'north' order by 1, 2, 3::text")
        let seen = try await fleet.query(
          "select \(columns) from bi_limited.\(view) order by 1, 2, 3::text", as: fleet.reader)
        #expect(seen.sorted() == expected.sorted() && !seen.isEmpty, "bi_limited.\(view)")
      }
    }
  }

  @Test func `sees through groups, sees all that several grants give, and loses what is taken away`() async throws {
    try await withFleets { fleet in
      let seen = "select distinct account from bi_limited.device order by 1"
      let group = "group_of_\(fleet.reader)"
      try await fleet.script(
        """
        create role \(group) in role fleetize_limited_reader;
        grant \(group) to \(fleet.reader);
        insert into etl.reader_account values ('\(group)', 'south'), ('nobody there', 'north');
        """)
      #expect(try await fleet.query(seen, as: fleet.reader) == ["south"])
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north')")
      #expect(try await fleet.query(seen, as: fleet.reader) == ["north", "south"])
      try await fleet.script("delete from etl.reader_account where reader = '\(fleet.reader)'")
      #expect(try await fleet.query(seen, as: fleet.reader) == ["south"])
      try await fleet.script("delete from etl.reader_account")
      #expect(try await fleet.query(seen, as: fleet.reader) == [])
      try await fleet.script("drop owned by \(group); drop role \(group)")
    }
  }

  @Test func `sees single vehicles that were granted, wherever a view has vehicles`() async throws {
    try await withFleets(devices: 2) { fleet in
      try await fleet.script(
        """
        insert into etl.reader_account values ('\(fleet.reader)', 'north');
        insert into etl.reader_device values ('\(fleet.reader)', 'south', 2001), ('\(fleet.reader)', 'south', 77), ('nobody', 'south', 2002);
        """)
      for view in ["logbook", "logbook_month", "device", "usage_day", "local_day", "odometer_gap"] {
        let seen = try await fleet.query(
          "select distinct device_id from bi_limited.\(view) order by 1", as: fleet.reader)
        #expect(seen == ["1001", "1002", "2001"], "bi_limited.\(view)")
      }
      for view in ["run", "fleet_day"] {
        #expect(
          try await fleet.query("select distinct account from bi_limited.\(view)", as: fleet.reader) == ["north"],
          "bi_limited.\(view)")
      }
    }
  }

  @Test func `is let into no other schema, nor to the grants`() async throws {
    try await withFleets { fleet in
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north')")
      for statement in [
        "select from bi.logbook", "select from warehouse.account", "select from etl.reader_account",
        "insert into etl.reader_account values ('\(fleet.reader)', 'south')", "delete from etl.run",
        "create table bi_limited.t (id integer)",
        "select warehouse.track_geojson(1, '2026-10-31', 1::smallint, 1, 1, 1, 1)",
        "create temporary table t (id integer)", "set role fleetize_reader",
      ] {
        let error = await #expect(throws: PostgresError.self) { try await fleet.script(statement, as: fleet.reader) }
        #expect(error?.sqlState == "42501", "\(statement): \(error?.message ?? "allowed")")
      }
    }
  }

  /// A function that fails on any row that tells of the south, as cheap as a function can be, so that it would come first.
  private static let leak = """
    create function public.leak(what text) returns boolean language plpgsql cost 0.0001 as $$
    begin
      if what like '%south%' then raise exception 'saw %', what; end if;
      return true;
    end $$;
    """

  @Test func `cannot look at foreign rows with a function of its own`() async throws {
    try await withFleets { fleet in
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north');\(Self.leak)")
      for view in Self.views {
        let rows = try await fleet.query(
          "select count(*) > 0 as some from bi_limited.\(view) as v where public.leak(v::text) and public.leak(account)",
          as: fleet.reader)
        #expect(rows == ["true"], "bi_limited.\(view)")
      }
      // The same without a barrier: so the function does leak, and is asked first.
      try await fleet.script(
        """
        create view bi_limited.open as
          select * from bi.logbook
          where account = any (array(select account from etl.reader_account where reader = current_user));
        grant select on bi_limited.open to fleetize_limited_reader;
        """)
      let error = await #expect(throws: PostgresError.self) {
        try await fleet.query("select count(*) from bi_limited.open where public.leak(device_name)", as: fleet.reader)
      }
      #expect(error?.message.contains("saw south") == true)
    }
  }

  @Test func `reads only the partitions of the days asked for`() async throws {
    try await withFleets(devices: 5, from: "2026-09-01") { fleet in
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north')")
      let points = try await fleet.plan(
        "select * from bi_limited.route_point where day between '2026-10-05' and '2026-10-06'", as: fleet.reader)
      #expect(points.contains("route_point_2026_10"))
      #expect(!points.contains("route_point_2026_09") && !points.contains("route_point_2026_11"), "\(points)")
      #expect(points.contains("Index"), "\(points)")
      // By time or local date alone, of all vehicles, the months are left out when the trips are found.
      let plan = try await fleet.plan(
        "select * from bi_limited.route_point where departed_at >= '2026-10-05' and departed_at < '2026-10-07'",
        as: fleet.reader, "explain (analyze, costs off, timing off, summary off)")
      let readers = plan.split(separator: "\n").filter { $0.contains(" on route_point_2026_") }
      #expect(readers.count >= 3, "\(plan)")
      for reader in readers { #expect(reader.contains("never executed") != reader.contains("2026_10"), "\(plan)") }
      // Tracks are gathered by a function that reads the month of the trip alone: the other months can even be locked.
      let tracks = "select count(geojson) from bi_limited.route_track where local_date = '2026-10-05'"
      let holder = try await Connection.open(fleet.url, applicationName: "tests", logger: quiet)
      try await holder.script(
        "begin; lock table warehouse.route_point_2026_09, warehouse.route_point_2026_11 in access exclusive mode")
      try await fleet.script("set statement_timeout = '2s'; \(tracks)", as: fleet.reader)
      try await holder.script("lock table warehouse.route_point_2026_10 in access exclusive mode")
      let error = await #expect(throws: PostgresError.self) {
        try await fleet.script("set statement_timeout = '200ms'; \(tracks)", as: fleet.reader)
      }
      #expect(error?.sqlState == "57014")
      await holder.close()
    }
  }

  @Test(arguments: [
    "logbook where local_date = '2026-10-05'", "logbook where local_month = '2026-10-01' and device_id = 1001",
    "logbook where local_date between '2026-10-05' and '2026-10-07' and device_id = 1001",
    "logbook_day where local_date between '2026-10-05' and '2026-10-07'",
    "usage_hour where local_date = '2026-10-05'",
    "usage_day where local_date = '2026-10-05'", "logbook_week where local_week = '2026-10-05'",
    "fleet_day where local_date = '2026-10-05'", "stop where device_id = 1001 and local_date = '2026-10-05'",
  ]) func `reaches the trips of local days by an index`(rows: String) async throws {
    try await withFleets(devices: 10, from: "2025-11-01") { fleet in
      try await fleet.script("insert into etl.reader_account values ('\(fleet.reader)', 'north')")
      let plan = try await fleet.plan("select * from bi_limited.\(rows)", as: fleet.reader)
      #expect(
        plan.contains(
          try Regex("route_\\w*local_\\w+\\b.*\\n *Index Cond: .*local_(date|week|month) >?= ")),
        "\(plan)")
      #expect(!plan.contains("Seq Scan on route\n"), "\(plan)")
    }
  }

  @Test func `finds each view with its meaning, behind a barrier`() async throws {
    try await withFleets { fleet in
      let made = try await fleet.query(
        """
        select c.relname, array_to_string(reloptions, ' '), obj_description(c.oid, 'pg_class') like '% grant to the reader.',
          (select count(*) from pg_attribute where attrelid = c.oid and attnum > 0 and col_description(c.oid, attnum) is null)
        from pg_class c where relnamespace = 'bi_limited'::regnamespace order by 1
        """)
      #expect(made == Self.views.sorted().map { "\($0) | security_barrier=true | true | 0" })
    }
  }

  @Test func `keeps its views when a program is updated that had none, and its grants when they are made anew`()
    async throws
  {
    try await withTestDatabase { url in
      let db = try await Connection.open(url, applicationName: "tests", logger: quiet)
      try await Migrator(connection: db, logger: quiet).migrate(now: aMoment)
      let role = "reader_\(UUID().uuidString.lowercased().prefix(8))"
      try await db.script(
        """
        create role \(role);
        grant select on bi_limited.logbook to \(role);
        drop view bi_limited.device;
        """)
      let missing = try await refusal { try await Migrator(connection: db, logger: quiet).check() }
      #expect("\(missing)".hasSuffix(": bi_limited.device"))
      let outcome = try await Migrator(connection: db, logger: quiet).migrate(now: aMoment)
      #expect(outcome.views == ["bi_limited.device"])

      var views = SQLFile.views
      views[0].text += "-- Changed.\n"
      try await Migrator(connection: db, views: views, logger: quiet).migrate(now: aMoment)
      let rights = try await db.lines(
        "select has_table_privilege('\(role)', 'bi_limited.logbook', 'select'), has_table_privilege('\(role)', 'bi_limited.run', 'select')"
      )
      #expect(rights == ["true | false"])
      try await db.script("drop owned by \(role); drop role \(role)")
      await db.close()
    }
  }
}
