import Extract
import FoundationEssentials
import Load
import Logging
import Pipeline
import Postgres
import UnixSignals

/// What every command that works on the database needs: settings, a connection, the logger.
struct Session {
  let settings: Settings
  let connection: Connection
  let logger: Logger

  /// - Parameter checksSchema: whether the schema must be exactly what this program needs.
  init(_ options: SharedOptions, checksSchema: Bool = true) async throws {
    var logger = Logger(label: "fleetize-etl", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = options.verbose ? .debug : .notice
    self.logger = logger
    settings = try await Settings(file: options.config)
    connection = try await Connection.open(
      settings.database, applicationName: "fleetize-etl", logger: logger)
    if checksSchema { try await Migrator(connection: connection, logger: logger).check() }
  }

  /// Finds or adds the account and writes its zone and limits.
  func warehouse(for account: Settings.Account) async throws -> Warehouse {
    do {
      return try await connection.run { db in
        try Warehouse(account: account.name, timeZone: account.timeZone, limits: account.limits, on: db)
      }
    } catch let error as PostgresError where error.sqlState == "22023" {
      throw SettingsError(
        description: "time_zone of account \(account.name): PostgreSQL knows no zone \(account.timeZone)")
    }
  }

  func client() throws -> FleetizeClient {
    try FleetizeClient(
      baseURL: settings.apiURL, timeout: settings.requestTimeout, maxAnswerBytes: settings.maxAnswerBytes,
      allowsPlainHTTP: settings.allowsPlainHTTP, version: FleetizeETL.version, logger: logger)
  }
}

/// Runs `body` while SIGTERM and SIGINT ask for a stop at the next device-day instead of ending the process.
func handlingSignals<Result: Sendable>(_ body: (Interruption) async throws -> Result) async throws -> Result {
  let interruption = Interruption()
  let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
  let listener = Task {
    for await signal in signals { interruption.interrupt(signal: signal.rawValue) }
  }
  defer { listener.cancel() }
  return try await body(interruption)
}
