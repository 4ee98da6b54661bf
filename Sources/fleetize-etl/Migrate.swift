import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres
import Schema

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database to the schema of this program. Costs no call.",
    discussion: """
      Applies the migrations that are missing, each in a transaction, and recreates the views of schema bi. Running it again changes \
      nothing.

      EXAMPLE
        DATABASE_URL=postgresql://owner@db/fleet fleetize-etl migrate
        DATABASE_URL=postgresql://postgres@db/fleet fleetize-etl migrate --with-roles
      """)

  @OptionGroup var shared: SharedOptions

  @Flag(
    help: """
      Also make the roles fleetize_owner, fleetize_loader, fleetize_reader and fleetize_limited_reader, and give the schema to the first. For a superuser, or \
      an owner of the database that may create roles.
      """)
  var withRoles = false

  func run() async throws {
    try await reporting {
      let session = try await Session(shared, checksSchema: false)
      let done = try await Migrator(connection: session.connection, logger: session.logger)
        .migrate(now: Date(), withRoles: withRoles)
      if !done.roles.isEmpty { print("Made the roles \(done.roles.joined(separator: ", ")).") }
      if !done.migrations.isEmpty { print("Applied \(done.migrations.joined(separator: ", ")).") }
      if !done.views.isEmpty { print("Made the views \(done.views.joined(separator: ", ")).") }
      if done.migrations.isEmpty && done.views.isEmpty && done.roles.isEmpty { print("The schema was up to date.") }
      // Who migrates from a machine without the configuration adds no account beside those that are there.
      let known: [String] = try await session.connection.run { db in
        try db.query("select name from warehouse.account").map { try $0.decode("name") }
      }
      for account in session.accounts where account.isConfigured || known.isEmpty || known.contains(account.name) {
        try await prepare(account, session)
      }
      await session.connection.close()
    }
  }

  /// Names and zones as configured, nothing that is erased, and room for the responses to come.
  private func prepare(_ account: Settings.Account, _ session: Session) async throws {
    let warehouse = try await session.warehouse(for: account)
    try await session.rememberErasures(warehouse, of: account, on: session.connection)
    let effect = try await Eraser(
      connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays, clock: .system
    ).apply()
    if effect != Eraser.Effect() { print("Erased again what had come back of account \(account.name).") }
    try await session.connection.run { db in
      try warehouse.partitions.ensure(ahead: UTCDay(containing: Date()), on: db)
    }
  }
}
