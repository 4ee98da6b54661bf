import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres
import Schema

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Create or update the schema in the database. Costs no call.",
    discussion: """
      Applies missing migrations, each in a transaction, and recreates the views of schema bi. Running it again changes nothing.

      EXAMPLE
        DATABASE_URL=postgresql://owner@db/fleet fleetize-etl migrate
        DATABASE_URL=postgresql://postgres@db/fleet fleetize-etl migrate --with-roles
      """)

  @OptionGroup var shared: SharedOptions

  @Flag(
    help: """
      Also create the roles fleetize_owner, fleetize_loader, fleetize_reader and fleetize_limited_reader, and make fleetize_owner the \
      owner of the schema. Needs a superuser, or an owner of the database who may create roles.
      """)
  var withRoles = false

  @Flag(
    help: """
      With --with-roles: also let fleetize_reader and its members create temporary tables in this database, as dbt does. Later runs \
      without this flag do not revoke it.
      """)
  var readersMayUseTemporaryTables = false

  @OptionGroup var changes: ConfirmOptions

  func validate() throws {
    if readersMayUseTemporaryTables && !withRoles {
      throw ValidationError("--readers-may-use-temporary-tables needs --with-roles")
    }
  }

  func run() async throws {
    try await reporting {
      var session = try await Session(shared, checksSchema: false)
      let done = try await Migrator(connection: session.connection, logger: session.logger)
        .migrate(
          now: session.clock.now(), withRoles: withRoles, readersMayUseTemporaryTables: readersMayUseTemporaryTables)
      if !done.roles.isEmpty { try Output.print("Created the roles \(done.roles.joined(separator: ", ")).") }
      if !done.migrations.isEmpty { try Output.print("Applied \(done.migrations.joined(separator: ", ")).") }
      if !done.views.isEmpty { try Output.print("Created the views \(done.views.joined(separator: ", ")).") }
      if done.migrations.isEmpty && done.views.isEmpty && done.roles.isEmpty {
        try Output.print("The schema was up to date.")
      }
      try await session.compareWithStoredSettings(changes.confirmChanges ? .apply : .refuse)
      var known = try await session.connection.run { db in try Accounts.all(on: db).map(\.name) }
      if known.isEmpty, session.settings.accounts.count == 1, let account = session.accounts.first {
        let configuration = account.configuration(unjudgedNights: session.settings.unjudgedNights)
        _ = try await session.connection.run { db in try configuration.add(on: db) }
        known = [account.name]
      }
      for account in session.accounts {
        if known.contains(account.name) {
          try await prepare(account, session)
        } else if account.isConfigured {
          let name = printable(account.name)
          session.note(
            "the database has no account \(name); if the name is right, run `fleetize-etl account add \(name)`")
        }
      }
      await session.connection.close()
    }
  }

  /// Writes names and zones, erases again what is erased, and creates partitions ahead.
  private func prepare(_ account: Settings.Account, _ session: Session) async throws {
    let warehouse = try await session.warehouse(for: account, writesSettings: true)
    try await session.rememberErasures(warehouse, of: account, on: session.connection)
    let effect = try await Eraser(
      connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays,
      clock: session.clock
    ).apply()
    if effect != Eraser.Effect() {
      try Output.print("Erased again: days of account \(account.name) that a backup had brought back.")
    }
    let today = UTCDay(containing: session.clock.now())
    try await session.connection.run { db in
      try warehouse.partitions.ensure(ahead: today, on: db)
    }
  }
}
