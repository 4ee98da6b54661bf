import Foundation
import Load
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct `The views of schema bi` {
  private let trip = SQLFile(
    name: "trip.sql", text: "create view bi.trip as select device_key, departed_at, pause_s from warehouse.route;\n")
  private let month = SQLFile(
    name: "month.sql",
    text: "-- requires: trip\ncreate view bi.month as select device_key, count(*) as trips from bi.trip group by 1;\n")
  /// ``trip`` with another text.
  private var changedTrip: SQLFile { SQLFile(name: trip.name, text: trip.text + "-- Changed.\n") }

  private func migrator(_ db: Connection, _ views: [SQLFile], later: [SQLFile] = []) -> Migrator {
    Migrator(connection: db, migrations: SQLFile.migrations + later, views: views, logger: quiet)
  }

  /// A migration that follows those of this program.
  private func next(_ text: String) -> SQLFile {
    let number = String(SQLFile.migrations.count + 1)
    return SQLFile(name: "\(String(repeating: "0", count: 4 - number.count))\(number)_go_on.sql", text: text)
  }

  private let views = "select viewname from pg_views where schemaname = 'bi' order by 1"
  private let identity = "select to_regclass('bi.trip')::oid as id"

  @Test func `are all recreated if one of them differs, and only then`() async throws {
    try await withEmptyDatabase { db in
      #expect(try await migrator(db, [month, trip]).migrate(now: aMoment).views == ["trip", "month"])
      let former = try await db.lines(identity)
      #expect(try await migrator(db, [month, trip]).migrate(now: aMoment).views == [])
      #expect(try await db.lines(identity) == former)

      #expect(try await migrator(db, [changedTrip, month]).migrate(now: aMoment).views == ["trip", "month"])
      #expect(try await db.lines(identity) != former)
      try await migrator(db, [changedTrip, month]).check()
    }
  }

  @Test func `that differ, are missing or belong to another version are reported by the check`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      let differing = try await refusal { try await migrator(db, [changedTrip, month]).check() }
      #expect("\(differing)" == "these views differ from those of this program; run `fleetize-etl migrate`: bi.trip")
      let surplus = try await refusal { try await migrator(db, [trip]).check() }
      #expect("\(surplus)".hasSuffix(": bi.month"))
      try await db.script("drop view bi.month")
      let missing = try await refusal { try await migrator(db, [trip, month]).check() }
      #expect("\(missing)".hasSuffix(": bi.month"))
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      try await migrator(db, [trip, month]).check()
    }
  }

  @Test func `are dropped when this program no longer has them`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      try await migrator(db, [trip]).migrate(now: aMoment)
      #expect(try await db.lines(views) == ["trip"])
    }
  }

  @Test func `are never dropped together with objects that depend on them`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      try await db.script(
        """
        create schema customer;
        create view customer.long_trip as select * from bi.trip where pause_s > 60;
        create view customer."Über" as select * from customer.long_trip;
        create materialized view customer.kept_month as select * from bi.month;
        create index on customer.kept_month (device_key);
        create function customer.trips() returns setof bi.trip language sql as 'select * from bi.trip';
        create function customer.trip_count() returns bigint begin atomic select count(*) from bi.trip; end;
        create table customer.archive (id integer, trip bi.trip);
        create function customer.refuse() returns trigger language plpgsql as 'begin return null; end';
        create trigger no_insert instead of insert on bi.month for each row execute function customer.refuse();
        create rule no_delete as on delete to bi.trip do instead nothing;
        create view customer.unrelated as select * from warehouse.route;
        create view bi.own as select 1 as one;
        """)
      let former = try await db.lines(identity)
      let error = try await refusal {
        try await migrator(db, [changedTrip, month], later: [next("select 1;")]).migrate(now: aMoment)
      }
      #expect(!error.isTemporary)
      #expect(
        "\(error)" == """
          the views of schema bi must be recreated, but other objects depend on them; \
          drop these, run migrate, and create them again: \
          function customer.trip_count(), function customer.trips(), materialized view customer.kept_month, \
          rule no_delete on view bi.trip, table customer.archive, trigger no_insert on view bi.month, \
          view customer."Über", view customer.long_trip
          """)
      #expect(try await db.lines(identity) == former)
      #expect(try await db.lines("select max(version) from etl.schema_migration") == ["\(SQLFile.migrations.count)"])

      // Foreign objects do not matter unless the views change.
      #expect(try await migrator(db, [trip, month]).migrate(now: aMoment).views == [])

      try await db.script(
        """
        drop view customer.long_trip, customer."Über";
        drop materialized view customer.kept_month;
        drop table customer.archive;
        drop function customer.trips(), customer.trip_count();
        drop trigger no_insert on bi.month;
        drop rule no_delete on bi.trip;
        """)
      try await migrator(db, [changedTrip, month]).migrate(now: aMoment)
      #expect(try await db.lines(views) == ["month", "own", "trip"])
    }
  }

  @Test func `do not replace a foreign view of the same name`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [trip]).migrate(now: aMoment)
      try await db.script("create view bi.month as select 1 as one")
      let error = try await refusal { try await migrator(db, [trip, month]).migrate(now: aMoment) }
      #expect("\(error)".contains("bi.month exists but was not created by this program"))
      #expect(try await db.lines("select * from bi.month") == ["1"])
    }
  }

  @Test func `keep their owners and exactly their grants`() async throws {
    try await withEmptyDatabase { db in
      let suffix = UUID().uuidString.prefix(8).lowercased()
      let (owner, reader, lead) = ("Owner \(suffix)", "reader_\(suffix)", "lead_\(suffix)")
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      try await db.script(
        """
        create role "\(owner)";
        create role \(reader);
        create role \(lead);
        grant usage, create on schema bi to "\(owner)";
        alter view bi.trip owner to "\(owner)";
        grant select on bi.trip to \(lead) with grant option;
        grant select (device_key, pause_s) on bi.trip to \(reader);
        grant select on bi.trip to public;
        alter default privileges in schema bi grant select on tables to \(reader);
        """)
      let grants = """
        select relname, relowner::regrole::text as owner, acl.grantee::regrole::text as grantee, privilege_type,
          is_grantable, attname
        from (
          select relname, relowner, relacl as acl, null as attname from pg_class where relnamespace = 'bi'::regnamespace
          union all
          select relname, relowner, attacl, attname
          from pg_class join pg_attribute on attrelid = pg_class.oid where relnamespace = 'bi'::regnamespace
        ) as granted
        cross join lateral aclexplode(granted.acl) as acl
        where acl.grantee <> relowner
        order by 1, 2, 3, 4, 6
        """
      let former = try await db.lines(grants)
      #expect(
        former == [
          "trip | \"\(owner)\" | - | SELECT | false | -",
          "trip | \"\(owner)\" | \(lead) | SELECT | true | -",
          "trip | \"\(owner)\" | \(reader) | SELECT | false | device_key",
          "trip | \"\(owner)\" | \(reader) | SELECT | false | pause_s",
        ])

      try await migrator(db, [changedTrip, month]).migrate(now: aMoment)
      #expect(try await db.lines(grants) == former, "default privileges must not add grants to an existing view")

      // Grants on a dropped column are lost; default privileges apply to a new view.
      let narrower = SQLFile(name: trip.name, text: "create view bi.trip as select device_key from warehouse.route;")
      let added = SQLFile(name: "year.sql", text: "create view bi.year as select 1 as one;")
      try await migrator(db, [narrower, added]).migrate(now: aMoment)
      let migrating = try await db.lines("select current_user")[0]
      #expect(
        try await db.lines(grants) == former.dropLast() + ["year | \(migrating) | \(reader) | SELECT | false | -"])

      // A migration may drop a view that is in its way; its grants are restored with it.
      try await migrator(db, [narrower], later: [next("drop view bi.trip;")]).migrate(now: aMoment)
      #expect(try await db.lines(grants) == Array(former.dropLast()))

      for role in ["\"\(owner)\"", reader, lead] {
        try await db.script("reassign owned by \(role) to current_user; drop owned by \(role); drop role \(role);")
      }
    }
  }

  @Test func `are not changed if one of their files is broken`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [trip, month]).migrate(now: aMoment)
      let former = try await db.lines(identity)
      let broken = SQLFile(name: "month.sql", text: "create view bi.month as\nselect device_ky from warehouse.route;")
      let error = try await refusal { try await migrator(db, [trip, broken]).migrate(now: aMoment) }
      #expect("\(error)".hasPrefix("sql/month.sql:2:8: column \"device_ky\" does not exist (SQLSTATE 42703)"))
      let misnamed = SQLFile(name: "month.sql", text: "create view bi.moth as select 1 as one;")
      let other = try await refusal { try await migrator(db, [trip, misnamed]).migrate(now: aMoment) }
      #expect("\(other)".hasPrefix("sql/month.sql does not create the view that it is named after"))
      #expect(try await db.lines(identity) == former)
      #expect(try await db.lines(views) == ["month", "trip"])
      try await migrator(db, [trip, month]).check()
    }
  }

  @Test(.timeLimit(.minutes(30))) func `wait ten seconds for a dashboard, then change nothing`() async throws {
    try await withTestDatabase { url in
      let db = try await Connection.open(url, applicationName: "tests", logger: quiet)
      let dashboard = try await Connection.open(url, applicationName: "tests", logger: quiet)
      try await migrator(db, [trip]).migrate(now: aMoment)
      let former = try await db.lines(identity)
      try await dashboard.script("begin; select * from bi.trip;")
      let error = try await refusal { try await migrator(db, [changedTrip]).migrate(now: aMoment) }
      #expect(error.isTemporary)
      #expect("\(error)".hasPrefix("the views of schema bi: another session, such as a long query"))
      #expect(try await db.lines(identity) == former)

      try await dashboard.script("commit")
      try await migrator(db, [changedTrip]).migrate(now: aMoment)
      try await migrator(db, [changedTrip]).check()
      await dashboard.close()
      await db.close()
    }
  }

  @Test func `declare which other views they need`() async throws {
    try await withEmptyDatabase { db in
      let unknown = SQLFile(name: "year.sql", text: "-- requires: month, week\ncreate view bi.year as select 1 as one;")
      let missing = try await refusal { try await migrator(db, [trip, month, unknown]).migrate(now: aMoment) }
      #expect("\(missing)".hasPrefix("year.sql requires week, but sql/ has no such file"))
      let tail = SQLFile(name: "trip.sql", text: "-- requires: month\n" + trip.text)
      let circle = try await refusal { try await migrator(db, [tail, month]).migrate(now: aMoment) }
      #expect("\(circle)".hasPrefix("these views require each other: month.sql, trip.sql"))
      let wrong = try await refusal {
        try await migrator(db, [SQLFile(name: "Trip.sql", text: "")]).migrate(now: aMoment)
      }
      #expect("\(wrong)".hasPrefix("Trip.sql is misnamed"))
      #expect(try await db.lines("select to_regclass('etl.schema_migration')") == ["-"])
    }
  }
}
