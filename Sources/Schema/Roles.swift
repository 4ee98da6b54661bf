import Logging
import Postgres

/// The roles that `migrate --with-roles` creates: `fleetize_owner` owns and migrates, `fleetize_loader` loads, `fleetize_reader` reads
/// schema `bi`, and members of `fleetize_limited_reader` read `bi_limited`.
///
/// They belong to the whole cluster and have no password: nobody can log in until one is set or pg_hba.conf allows another method. A
/// database uses them if its schema `etl` belongs to `fleetize_owner`.
public enum Roles {
  static let owner = "fleetize_owner"
  static let loader = "fleetize_loader"
  static let reader = "fleetize_reader"
  static let limitedReader = "fleetize_limited_reader"

  private static let all = [
    (owner, "login"), (loader, "login"), (reader, "login"),
    // No account could be granted to the role itself.
    (limitedReader, "nologin"),
  ]
  /// Defaults for logins as this role; its members do not inherit them.
  private static let readerSettings = [
    ("default_transaction_read_only", "on"), ("statement_timeout", "60s"), ("search_path", "bi"),
    // Compiling the plan of a view takes longer than running it.
    ("jit", "off"),
  ]

  /// Whether this database's schema belongs to `fleetize_owner`.
  public static func areInUse(on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from pg_catalog.pg_namespace
      where nspname = 'etl' and pg_catalog.pg_get_userbyid(nspowner) = \(owner)
      """
    ).isEmpty
  }

  /// Creates the missing roles and makes the owner own this database's schemas and objects. Repeating it changes nothing.
  ///
  /// - Parameter readersMayUseTemporaryTables: whether to grant that to `fleetize_reader`; false does not revoke it.
  /// - Returns: the created roles.
  static func make(
    readersMayUseTemporaryTables: Bool, on db: isolated Connection, logger: Logger
  ) throws -> [String] {
    let made = try makeMissing(on: db)
    try db.transaction {
      if try needsMembership(on: db) { try db.script("grant \(owner) to current_user") }
      let temporary = readersMayUseTemporaryTables ? try temporaryTables(on: db) : ""
      try db.apply(databaseRights(on: db) + temporary + takeovers(on: db), of: "the owner of the schema")
    }
    if try db.query("select has_database_privilege('public', current_database(), 'temporary') as may")[0].decode("may")
    {
      logger.warning("PUBLIC may still create temporary tables; the owner of the database must revoke that right")
    }
    return made
  }

  /// Another session may create them at the same moment, for another database; the next attempt finds them.
  private static func makeMissing(on db: isolated Connection) throws -> [String] {
    var made: [String] = []
    for attempt in 1... {
      do {
        for (role, login) in all where try !exists(role, on: db) {
          try db.script("create role \(role) \(login)")
          made.append(role)
        }
        for (name, value) in readerSettings where try !hasSetting(name, on: db) {
          try db.script("alter role \(reader) set \(name) to '\(value)'")
        }
        return made
      } catch let error as PostgresError where attempt < 20 && isRace(error) {
        continue
      }
    }
    return made
  }

  private static func isRace(_ error: PostgresError) -> Bool {
    ["42710", "23505"].contains(error.sqlState) || error.message.contains("concurrently updated")
  }

  private static func exists(_ role: String, on db: isolated Connection) throws -> Bool {
    try !db.query("select from pg_catalog.pg_roles where rolname = \(role)").isEmpty
  }

  private static func hasSetting(_ name: String, on db: isolated Connection) throws -> Bool {
    try !db.query(
      """
      select from pg_catalog.pg_roles cross join unnest(rolconfig) as setting
      where rolname = \(reader) and setting like \("\(name)=%")
      """
    ).isEmpty
  }

  /// Whether this session must become a member of the owner before it can transfer objects to it.
  private static func needsMembership(on db: isolated Connection) throws -> Bool {
    try db.query(
      """
      select not rolsuper and not pg_has_role(rolname, \(owner), 'usage') as needs
      from pg_catalog.pg_roles where rolname = current_user
      """)[0].decode("needs")
  }

  /// Grants what the roles need in the database, and revokes what others should not have by default.
  private static func databaseRights(on db: isolated Connection) throws -> String {
    try db.query(
      """
      with own as (select quote_ident(current_database()) as name)
      select format('grant create, temporary, connect on database %s to \(unescaped: owner);', name) as statement
      from own where not has_database_privilege(\(owner), current_database(), 'create')
      union all
      select format('grant connect on database %s to \(unescaped: loader), \(unescaped: reader);', name)
      from own where not has_database_privilege(\(reader), current_database(), 'connect')
        or not has_database_privilege(\(loader), current_database(), 'connect')
      union all
      select format('revoke temporary on database %s from public;', name)
      from own where has_database_privilege('public', current_database(), 'temporary')
      """
    ).map { try $0.decode("statement", as: String.self) }.joined(separator: "\n")
  }

  private static func temporaryTables(on db: isolated Connection) throws -> String {
    try db.query(
      "select format('grant temporary on database %I to \(unescaped: reader);', current_database()) as statement")[0]
      .decode("statement") + "\n"
  }

  /// Statements that transfer this program's objects to the owner.
  private static func takeovers(on db: isolated Connection) throws -> String {
    let views = try Views.recorded(in: "bi", on: db)
    return try db.query(
      """
      with ours (kind, name, owner) as (
        select 'schema', quote_ident(nspname), nspowner from pg_catalog.pg_namespace
        where nspname in ('warehouse', 'etl', 'bi', 'bi_limited')
        union all
        select case relkind when 'v' then 'view' else 'table' end, format('%I.%I', nspname, relname), relowner
        from pg_catalog.pg_class join pg_catalog.pg_namespace n on n.oid = relnamespace
        where relkind in ('r', 'p', 'v') and (nspname in ('warehouse', 'etl') or nspname in ('bi', 'bi_limited') and relname = any(\(views)))
        union all
        select 'routine', format('%I.%I(%s)', nspname, proname, pg_catalog.pg_get_function_identity_arguments(p.oid)), proowner
        from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = pronamespace
        where nspname in ('warehouse', 'etl')
      )
      select format('alter %s %s owner to \(unescaped: owner);', kind, name) as statement
      from ours
      where pg_catalog.pg_get_userbyid(owner) <> \(owner)
      """
    ).map { try $0.decode("statement", as: String.self) }.joined(separator: "\n")
  }

  /// Makes the session act as the owner until ``leaveOwner(on:)``.
  ///
  /// - Throws: ``MigrationError/notOwner`` if it may not.
  static func becomeOwner(on db: isolated Connection) throws {
    do {
      try db.script("set role \(owner)")
    } catch let error as PostgresError where error.sqlState == "42501" {
      throw MigrationError.notOwner
    }
  }

  static func leaveOwner(on db: isolated Connection) throws {
    try db.script("reset role")
  }

  /// Grants the loader and the readers exactly their rights on the existing objects.
  static func grant(on db: isolated Connection) throws {
    let script = Rights.script(
      views: try Views.recorded(in: "bi", on: db), limited: try Views.recorded(in: LimitedViews.schema, on: db))
    try db.transaction {
      try db.apply(script, of: "the rights of the roles")
    }
  }
}
