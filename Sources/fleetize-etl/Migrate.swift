import ArgumentParser
import FoundationEssentials
import Load
import Postgres

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
      // Who migrates from a machine without the configuration adds no account beside those that are there.
      let hasAccounts: Bool = try await session.connection.run { db in
        try db.query("select exists (select from warehouse.account)")[0].decode("exists")
      }
      for account in session.accounts where account.isConfigured || !hasAccounts {
        _ = try await session.warehouse(for: account)
      }
      if !done.roles.isEmpty { print("Made the roles \(done.roles.joined(separator: ", ")).") }
      if !done.migrations.isEmpty { print("Applied \(done.migrations.joined(separator: ", ")).") }
      if !done.views.isEmpty { print("Made the views \(done.views.joined(separator: ", ")).") }
      if done.migrations.isEmpty && done.views.isEmpty && done.roles.isEmpty { print("The schema was up to date.") }
      await session.connection.close()
    }
  }
}
