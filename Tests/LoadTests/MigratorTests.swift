import Foundation
import Load
import Postgres
import Schema
import TestSupport
import Testing

@Suite struct `Migrations` {
  private let first = SQLFile(name: "0001_create_thing.sql", text: "create table public.thing (id integer);\n")
  private let second = SQLFile(name: "0002_add_name.sql", text: "alter table public.thing add name text;\n")
  private let third = SQLFile(name: "0003_add_size.sql", text: "alter table public.thing add size integer;\n")

  private func migrator(_ connection: Connection, _ files: [SQLFile]) -> Migrator {
    Migrator(connection: connection, migrations: files, views: [], logger: quiet)
  }

  private let recorded = "select version, name, applied_at from etl.schema_migration order by 1"
  private let columns = "select attname from pg_attribute where attrelid = to_regclass('public.thing') and attnum > 0"

  @Test func `are embedded exactly as they are in the repository`() throws {
    #expect(try SQLFile.migrations == repositoryFiles("migrations"))
    #expect(try SQLFile.views == repositoryFiles("sql"))
    #expect(SQLFile.migrations.count >= 3)
    #expect(SQLFile.views.count >= 8)
  }

  @Test func `have the checksum that sha256sum prints`() {
    #expect(
      SQLFile(name: "a", text: "abc\n").sha256 == "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb")
  }

  @Test func `are applied once, in the order of their numbers, and recorded`() async throws {
    try await withEmptyDatabase { db in
      let outcome = try await migrator(db, [second, first]).migrate(now: aMoment)
      #expect(outcome.migrations == [first.name, second.name])
      #expect(
        try await db.lines(recorded) == [
          "1 | 0001_create_thing.sql | 2026-11-01T00:00:00+00:00", "2 | 0002_add_name.sql | 2026-11-01T00:00:00+00:00",
        ])
      let checksums = try await db.lines("select sha256 from etl.schema_migration order by version")
      #expect(checksums == [first.sha256, second.sha256])

      #expect(try await migrator(db, [first, second]).migrate(now: aMoment) == Migrator.Outcome())
      #expect(try await migrator(db, [first, second, third]).migrate(now: aMoment).migrations == [third.name])
    }
  }

  @Test func `make the whole schema, and a second time nothing`() async throws {
    try await withEmptyDatabase { db in
      let migrator = Migrator(connection: db, logger: quiet)
      let outcome = try await migrator.migrate(now: aMoment)
      #expect(outcome.migrations == SQLFile.migrations.map(\.name))
      #expect(outcome.views.map { "\($0).sql" }.sorted() == SQLFile.views.map(\.name))
      try await migrator.check()
      #expect(try await migrator.migrate(now: aMoment) == Migrator.Outcome())
    }
  }

  @Test func `run one at a time`() async throws {
    try await withTestDatabase { url in
      let other = try await Connection.open(url, applicationName: "tests", logger: quiet)
      let db = try await Connection.open(url, applicationName: "tests", logger: quiet)
      let lock = "fleetize-etl migrate"
      #expect(try await other.tryAdvisoryLock(lock))
      let error = try await refusal { try await migrator(db, [first]).migrate(now: aMoment) }
      #expect(error.isTemporary)
      #expect("\(error)".contains("another migrate is running"))
      #expect(try await db.lines(columns) == [])

      try await other.advisoryUnlock(lock)
      try await migrator(db, [first]).migrate(now: aMoment)
      #expect(try await other.tryAdvisoryLock(lock), "migrate kept its lock")
      await other.close()
      await db.close()
    }
  }

  @Test func `stop at a gap, a duplicate or a wrong name before changing anything`() async throws {
    try await withEmptyDatabase { db in
      let gap = try await refusal { try await migrator(db, [first, third]).migrate(now: aMoment) }
      #expect("\(gap)".contains("migration 0002 is missing: the next file is 0003_add_size.sql"))
      let late = try await refusal { try await migrator(db, [second, third]).migrate(now: aMoment) }
      #expect("\(late)".contains("migration 0001 is missing"))

      let twin = SQLFile(name: "0002_add_colour.sql", text: "select 1;")
      let duplicate = try await refusal { try await migrator(db, [first, second, twin]).migrate(now: aMoment) }
      #expect("\(duplicate)".contains("migration 0002 exists twice: 0002_add_colour.sql, 0002_add_name.sql"))

      for name in [
        "2_add_name.sql", "0002-add-name.sql", "0002_AddName.sql", "0002_add_name.txt", "00002_add_name.sql",
      ] {
        let misnamed = try await refusal {
          try await migrator(db, [first, SQLFile(name: name, text: "")]).migrate(now: aMoment)
        }
        #expect("\(misnamed)".contains("\(name) is misnamed"))
      }
      #expect(try await db.lines(columns) == [])
      #expect(try await db.lines("select to_regclass('etl.schema_migration')") == ["-"])
    }
  }

  @Test func `stop if an applied file was edited or renamed, and show both versions`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [first, second]).migrate(now: aMoment)
      let edited = SQLFile(name: second.name, text: second.text + "-- harmless\n")
      let error = try await refusal { try await migrator(db, [first, edited, third]).migrate(now: aMoment) }
      #expect(
        "\(error)" == """
          migration 0002 of this program differs from the one applied to this database; \
          install the version of fleetize-etl that migrated it, or a later one
            in this program: 0002_add_name.sql  sha256 \(edited.sha256)
            applied:         0002_add_name.sql  sha256 \(second.sha256)  at 2026-11-01T00:00:00Z
          """)
      #expect(!error.isTemporary)

      let renamed = SQLFile(name: "0002_add_title.sql", text: second.text)
      let other = try await refusal { try await migrator(db, [first, renamed, third]).migrate(now: aMoment) }
      #expect("\(other)".contains("in this program: 0002_add_title.sql"))
      #expect(try await db.lines(columns) == ["id", "name"])
    }
  }

  @Test func `stop if the database is newer or lacks a migration in between`() async throws {
    try await withEmptyDatabase { db in
      try await migrator(db, [first, second, third]).migrate(now: aMoment)
      let newer = try await refusal { try await migrator(db, [first]).migrate(now: aMoment) }
      #expect(
        "\(newer)" == """
          this database is newer than this program, whose last migration is 0001; update the program. \
          Also applied: 0002_add_name.sql (2026-11-01T00:00:00Z), 0003_add_size.sql (2026-11-01T00:00:00Z)
          """)
      #expect("\(try await refusal { try await migrator(db, [first]).check() })" == "\(newer)")

      try await db.execute("delete from etl.schema_migration where version = 2")
      let hole = try await refusal { try await migrator(db, [first, second, third]).migrate(now: aMoment) }
      #expect("\(hole)".contains("0002_add_name.sql was never applied to this database, but 0003_add_size.sql was"))
    }
  }

  @Test func `that fail report file, line, column and the server's message, and change nothing`() async throws {
    try await withEmptyDatabase { db in
      let broken = SQLFile(
        name: "0002_break.sql",
        text: "-- Größe\nalter table public.thing add name text;\n\nalter table public.thing\n  add size meter;\n")
      let error = try await refusal { try await migrator(db, [first, broken]).migrate(now: aMoment) }
      #expect(
        "\(error)" == """
          migrations/0002_break.sql:5:12: type "meter" does not exist (SQLSTATE 42704)
            nothing in this file was applied; fix it, or what it conflicts with, and run migrate again
          """)
      #expect(try await db.lines(columns) == ["id"])
      #expect(try await db.lines("select name from etl.schema_migration") == [first.name])

      let violating = SQLFile(
        name: "0002_break.sql",
        text: "insert into public.thing values (1), (1);\nalter table public.thing add unique (id);")
      let other = try await refusal { try await migrator(db, [first, violating]).migrate(now: aMoment) }
      #expect("\(other)".hasPrefix("migrations/0002_break.sql, statement 2: could not create unique index"))
      #expect("\(other)".contains("detail: Key (id)=(1) is duplicated."))
      #expect(try await db.lines("select * from public.thing") == [])
    }
  }

  @Test func `that end their own transaction are refused`() async throws {
    try await withEmptyDatabase { db in
      let committing = SQLFile(name: "0001_commit.sql", text: "create table public.thing (id integer); commit;")
      let error = try await refusal { try await migrator(db, [committing]).migrate(now: aMoment) }
      #expect("\(error)".contains("migrations/0001_commit.sql ends the transaction that it runs in"))
    }
  }

  @Test func `that are pending are reported by the check`() async throws {
    try await withEmptyDatabase { db in
      let never = try await refusal { try await migrator(db, [first, second]).check() }
      #expect("\(never)" == "this database has no fleetize-etl tables yet; run `fleetize-etl migrate`")
      try await migrator(db, [first]).migrate(now: aMoment)
      let behind = try await refusal { try await migrator(db, [first, second, third]).check() }
      #expect(
        "\(behind)" == """
          this database is older than this program; run `fleetize-etl migrate`, \
          which applies: 0002_add_name.sql, 0003_add_size.sql
          """)
      try await migrator(db, [first]).check()
    }
  }
}

/// The ``MigrationError`` that `body` throws.
func refusal(_ body: () async throws -> Void) async throws -> MigrationError {
  try await #require(throws: MigrationError.self) { try await body() }
}
