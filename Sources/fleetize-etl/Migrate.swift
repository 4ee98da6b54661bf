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
      """)

  @OptionGroup var shared: SharedOptions

  func run() async throws {
    try await reporting {
      let session = try await Session(shared, checksSchema: false)
      let done = try await Migrator(connection: session.connection, logger: session.logger).migrate(now: Date())
      for account in session.accounts { _ = try await session.warehouse(for: account) }
      if !done.migrations.isEmpty { print("Applied \(done.migrations.joined(separator: ", ")).") }
      if !done.views.isEmpty { print("Made the views \(done.views.joined(separator: ", ")).") }
      if done.migrations.isEmpty && done.views.isEmpty { print("The schema was up to date.") }
      await session.connection.close()
    }
  }
}
