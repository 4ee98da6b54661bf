import FleetModel
import FoundationEssentials
import Postgres
import Schema

/// Facts about the database for `doctor` to judge. Nothing here writes.
public enum Health {
  /// The current role and its privileges.
  public struct Login: Hashable, Sendable {
    public var name: String
    public var isSuperuser: Bool
    /// Whether it may change the schema.
    public var isOwner: Bool
    /// Privileges that loading needs and the role lacks, such as `insert on etl.response`.
    public var missingRights: [String]
    /// Whether the roles of `migrate --with-roles` are in use in this database.
    public var rolesAreInUse: Bool
  }

  public static func login(on db: isolated Connection) throws -> Login {
    let row = try db.query(
      """
      select rolname::text as name, rolsuper as is_superuser,
        coalesce((select pg_catalog.pg_has_role(nspowner, 'usage') from pg_catalog.pg_namespace where nspname = 'etl'), false)
          as is_owner
      from pg_catalog.pg_roles where rolname = current_user
      """)[0]
    return Login(
      name: try row.decode("name"), isSuperuser: try row.decode("is_superuser"), isOwner: try row.decode("is_owner"),
      missingRights: try Rights.missing(on: db), rolesAreInUse: try Roles.areInUse(on: db))
  }

  /// - Throws: ``UnknownTimeZone``.
  public static func check(
    timeZone: String, deviceTimeZones: [DeviceID: String], on db: isolated Connection
  ) throws {
    try TimeZones.check(timeZone, deviceTimeZones, on: db)
  }

  /// The missing monthly partitions for `days`, such as `warehouse.route_point_2026_11`.
  public static func missingPartitions(_ days: [UTCDay], on db: isolated Connection) throws -> [String] {
    try db.query(
      """
      select parent || to_char(day, '_YYYY_MM') as missing
      from unnest(array['warehouse.route_point', 'etl.response']) as parent,
        unnest(\(days.map(\.description))::date[]) as day
      where not exists (
        select from pg_catalog.pg_inherits
        join pg_catalog.pg_class c on c.oid = inhrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname || '.' || c.relname = parent || to_char(day, '_YYYY_MM'))
      order by 1
      """
    ).map { try $0.decode("missing") }
  }

  /// Disk usage. SQL cannot report free space.
  public struct Room: Hashable, Sendable {
    public var databaseBytes: Int64
    /// The database's directory on the server; nil if this login may not see it.
    public var folder: String?
  }

  public static func room(on db: isolated Connection) throws -> Room {
    let row = try db.query(
      """
      select pg_catalog.pg_database_size(oid) as bytes,
        coalesce(
          nullif(pg_catalog.pg_tablespace_location(dattablespace), ''),
          case when pg_catalog.pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end)
          as folder
      from pg_catalog.pg_database where datname = current_database()
      """)[0]
    return Room(databaseBytes: try row.decode("bytes"), folder: try row.decode("folder"))
  }

  /// The current time on the server's clock.
  public static func serverTime(on db: isolated Connection) throws -> Date {
    try db.query("select clock_timestamp() as now")[0].decode("now")
  }
}
