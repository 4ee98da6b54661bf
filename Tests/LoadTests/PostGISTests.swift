import Foundation
import Load
import Postgres
import Schema
import Testing

/// Whether the test server, which runs on this machine, offers the extension.
private let hasPostGIS =
  (try? FileManager.default.contentsOfDirectory(atPath: "/usr/share/postgresql"))?
  .contains { FileManager.default.fileExists(atPath: "/usr/share/postgresql/\($0)/extension/postgis.control") } ?? false

@Suite(.enabled(if: hasPostGIS, "SKIPPED: no PostGIS here; `make test-postgis` installs it"))
struct `Tracks as PostGIS geometry` {
  /// The file without psql commands.
  private func postgis() throws -> String {
    let text = try #require(try repositoryFiles("deploy").first { $0.name == "postgis.sql" }).text
    return text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("\\") }
      .joined(separator: "\n")
  }

  @Test func `are lines of the points in order, with their boxes`() async throws {
    try await withMigratedDatabase { db in
      try await db.script(fleet)
      try await db.script(
        """
        select etl.ensure_partition('warehouse.route_point', '2026-10-01');
        insert into warehouse.route (
          device_key, day, route_no, departed_at, pause_count, point_count, south_e7, west_e7, north_e7, east_e7)
        values
          (1, '2026-10-24', 1, '2026-10-24 22:10Z', 0, 4, 480000000, -90000000, 490000000, 10000000),
          (1, '2026-10-24', 2, '2026-10-24 23:10Z', 0, 1, 50000000, 60000000, 50000000, 60000000),
          (1, '2026-10-24', 3, '2026-10-24 23:20Z', 0, 1, null, null, null, null);
        insert into warehouse.route_point (device_key, day, seq, latitude_e7, longitude_e7, route_no) values
          (1, '2026-10-24', 4, 490000000, 10000000, 1), (1, '2026-10-24', 2, null, null, 1),
          (1, '2026-10-24', 1, 480000000, -90000000, 1), (1, '2026-10-24', 3, 485000000, -80000000, 1),
          (1, '2026-10-24', 1, 50000000, 60000000, 2), (1, '2026-10-24', 1, null, null, 3);
        """)
      try await db.script(try postgis())
      let tracks = """
        select account, device_id, device_name, local_date, st_astext(track) as track, st_srid(track) as srid,
          st_astext(box) as box, local_month
        from bi_postgis.route_geometry order by departed_at
        """
      let expected = [
        """
        north | 492 | Van | 2026-10-25 | LINESTRING(-9 48,-8 48.5,1 49) | 4326 \
        | POLYGON((-9 48,-9 49,1 49,1 48,-9 48)) | 2026-10-01
        """,
        "north | 492 | Van | 2026-10-25 | LINESTRING(6 5,6 5) | 4326 | POLYGON((6 5,6 5,6 5,6 5,6 5)) | 2026-10-01",
      ]
      #expect(try await db.lines(tracks) == expected)
      // It can be repeated, and does not prevent the views of bi from being recreated.
      try await db.script(try postgis())
      #expect(try await db.lines(tracks) == expected)
      try await db.execute("update etl.schema_view set sha256 = repeat('0', 64)")
      #expect(try await Migrator(connection: db, logger: quiet).migrate(now: aMoment).views.contains("route_track"))
      #expect(try await db.lines(tracks) == expected)
    }
  }

  @Test func `can be read by the reader but not by a limited reader`() async throws {
    try await withMigratedDatabase { db in
      try await Migrator(connection: db, logger: quiet).migrate(now: aMoment, withRoles: true)
      try await db.script(try postgis())
      let readers = """
        select rolname from pg_roles
        where rolname ~ '^fleetize_(limited_)?reader$' and has_schema_privilege(oid, 'bi_postgis', 'usage')
          and has_table_privilege(oid, 'bi_postgis.route_geometry', 'select')
        """
      #expect(try await db.lines(readers) == ["fleetize_reader"])
      let path = try await db.lines(
        """
        select setconfig::text from pg_db_role_setting
        where setrole = 'fleetize_reader'::regrole
          and setdatabase = (select oid from pg_database where datname = current_database())
        """)
      #expect(path == [#"{"search_path=bi, bi_postgis, public"}"#])
    }
  }
}
