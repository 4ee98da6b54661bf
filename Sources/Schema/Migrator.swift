import FoundationEssentials
import Logging
import Postgres

/// Migrates a database's schema to what this program needs, and checks it.
public struct Migrator: Sendable {
  /// What ``migrate(now:withRoles:readersMayUseTemporaryTables:)`` did.
  public struct Outcome: Hashable, Sendable {
    /// The applied files, in order.
    public var migrations: [String]
    /// The recreated views of schema `bi`; empty if they were up to date.
    public var views: [String]
    /// The created roles.
    public var roles: [String]

    public init(migrations: [String] = [], views: [String] = [], roles: [String] = []) {
      self.migrations = migrations
      self.views = views
      self.roles = roles
    }
  }

  let connection: Connection
  let migrations: [SQLFile]
  let views: [SQLFile]
  let logger: Logger

  /// - Parameters:
  ///   - connection: as a role that may create schemas or owns this program's schemas.
  ///   - migrations: the files of `migrations/`.
  ///   - views: the files of `sql/`.
  public init(
    connection: Connection, migrations: [SQLFile] = SQLFile.migrations, views: [SQLFile] = SQLFile.views, logger: Logger
  ) {
    self.connection = connection
    self.migrations = migrations
    self.views = views
    self.logger = logger
  }

  /// The name of the advisory lock of a `migrate`.
  public static let lock = "fleetize-etl migrate"

  /// Applies the pending migrations, each in its own transaction, then recreates the views if they differ.
  ///
  /// A failed file leaves the database at the previous one. Owners of views and grants on them are preserved. A migration that changes a
  /// column which a view reads must drop that view itself.
  ///
  /// - Parameter withRoles: whether to create `fleetize_owner`, `fleetize_loader` and `fleetize_reader`. From then on, every migrate
  ///   creates everything as the owner and renews the roles' rights.
  /// - Parameter readersMayUseTemporaryTables: whether to grant that to `fleetize_reader`, with roles only.
  /// - Throws: ``MigrationError``; whatever can be checked in advance is checked before anything is changed.
  @discardableResult
  public func migrate(
    now: Date, withRoles: Bool = false, readersMayUseTemporaryTables: Bool = false
  ) async throws -> Outcome {
    try await connection.run { db in
      guard try db.tryAdvisoryLock(Self.lock) else { throw MigrationError.alreadyRunning }
      defer { _ = try? db.advisoryUnlock(Self.lock) }
      let made =
        withRoles
        ? try Roles.make(readersMayUseTemporaryTables: readersMayUseTemporaryTables, on: db, logger: logger) : []
      guard try withRoles || Roles.areInUse(on: db) else { return try bringUpToDate(now: now, on: db) }
      try Roles.becomeOwner(on: db)
      defer { try? Roles.leaveOwner(on: db) }
      var outcome = try bringUpToDate(now: now, on: db)
      try Roles.grant(on: db)
      outcome.roles = made
      return outcome
    }
  }

  private func bringUpToDate(now: Date, on db: isolated Connection) throws -> Outcome {
    let pending = try MigrationPlan(migrations).pending(after: applied(on: db))
    let views = Views(try ViewPlan(self.views), logger: logger)
    let viewsDiffer = try !views.differences(on: db).isEmpty
    if viewsDiffer { try views.checkReplaceable(on: db) }
    let privileges = try views.privileges(on: db)

    var outcome = Outcome()
    for migration in pending {
      try apply(migration, now: now, on: db)
      outcome.migrations.append(migration.file.name)
    }
    if viewsDiffer {
      outcome.views = try views.replace(keeping: privileges, now: now, on: db)
    }
    outcome.views += try views.makeMissingLimited(on: db)
    return outcome
  }

  /// Checks that the schema is exactly what this program needs.
  ///
  /// - Throws: ``MigrationError`` that says what differs and whether to run `migrate` or to update the program.
  public func check() async throws {
    try await connection.run { db in try check(on: db) }
  }

  /// As ``check()``, within an open transaction.
  public func check(on db: isolated Connection) throws {
    let applied = try applied(on: db)
    let pending = try MigrationPlan(migrations).pending(after: applied)
    guard !applied.isEmpty else { throw MigrationError.notMigrated }
    guard pending.isEmpty else { throw MigrationError.behind(pending: pending.map(\.file.name)) }
    let views = Views(try ViewPlan(views), logger: logger)
    let differences = try views.differences(on: db).map { "bi.\($0)" } + views.missingLimited(on: db)
    guard differences.isEmpty else { throw MigrationError.viewsDiffer(differences) }
  }

  private func applied(on db: isolated Connection) throws -> [AppliedMigration] {
    guard try db.hasRelation("etl.schema_migration") else { return [] }
    return try db.query("select version, name, sha256, applied_at from etl.schema_migration order by version").map {
      AppliedMigration(
        version: try $0.decode("version"), name: try $0.decode("name"), sha256: try $0.decode("sha256"),
        appliedAt: try $0.decode("applied_at"))
    }
  }

  private func apply(_ migration: Migration, now: Date, on db: isolated Connection) throws {
    try db.transaction {
      try makeRecords(on: db)
      try db.apply(migration.file.text, of: "migrations/\(migration.file.name)")
      try db.execute(
        """
        insert into etl.schema_migration (version, name, sha256, applied_at)
        values (\(migration.version), \(migration.file.name), \(migration.file.sha256), \(now))
        """)
    }
    logger.info("applied \(migration.file.name)")
  }

  /// Creates the tables that record migrations and views, which must exist before the first file is applied.
  private func makeRecords(on db: isolated Connection) throws {
    guard try !db.hasRelation("etl.schema_migration") else { return }
    try db.script(
      """
      create schema if not exists etl;

      create table etl.schema_migration (
        version    integer     primary key,
        name       text        not null,
        sha256     text        not null,
        applied_at timestamptz not null
      );
      comment on table etl.schema_migration is
        'One row per file of migrations/ that was applied.';
      comment on column etl.schema_migration.version is 'Number of the file, from 1 without a gap.';
      comment on column etl.schema_migration.name is 'Name of the file.';
      comment on column etl.schema_migration.sha256 is 'SHA-256 of its text, hexadecimal.';
      comment on column etl.schema_migration.applied_at is 'When it was applied, UTC.';

      create table etl.schema_view (
        name       text        primary key,
        sha256     text        not null,
        applied_at timestamptz not null
      );
      comment on table etl.schema_view is
        'One row per view of schema bi that was made from a file of sql/. Other views there belong to others.';
      comment on column etl.schema_view.name is 'Name of the view.';
      comment on column etl.schema_view.sha256 is 'SHA-256 of the text of its file, hexadecimal.';
      comment on column etl.schema_view.applied_at is 'When it was made, UTC.';
      """)
  }
}

extension Connection {
  /// Runs a file's text within the open transaction. The text must qualify names with schemas. It waits at most 10 s for a lock, because
  /// other sessions would queue behind it.
  ///
  /// - Throws: ``MigrationError``, with the position in the file if the server reports one; a ``PostgresError`` if the file is not the
  ///   cause.
  func apply(_ text: String, of path: String) throws {
    do {
      try script(
        """
        set local search_path = pg_catalog, pg_temp;
        set local lock_timeout = '10s';
        set local client_min_messages = warning;
        """)
      try script(text)
      guard try isInTransaction else { throw MigrationError.endsTransaction(file: path) }
    } catch let error as PostgresError where error.sqlState == "55P03" {
      throw MigrationError.busy(what: path)
    } catch let error as PostgresError where error.kind == .server {
      throw MigrationError.broken(file: path, error)
    }
  }
}
