import ArgumentParser
import Extract
import FoundationEssentials
import Load
import Logging
import Pipeline
import Postgres
import Schema
import UnixSignals

/// What every command that works on the database needs: settings, a connection, the logger.
struct Session {
  let settings: Settings
  /// The accounts to work on: all that are configured, or those asked for.
  let accounts: [Settings.Account]
  let connection: Connection
  let logger: Logger

  /// - Parameter checksSchema: whether the schema must be exactly what this program needs.
  init(_ options: SharedOptions, checksSchema: Bool = true) async throws {
    logger = Self.logger(options)
    let settings = try Settings(file: options.config)
    self.settings = settings
    accounts = try settings.accounts(named: options.account)
    connection = try await Self.openOwn(settings, logger)
    if checksSchema { try await Migrator(connection: connection, logger: logger).check() }
  }

  /// A connection alone, for a command that reads the views and writes nothing: a reader may see no more of the database.
  static func connection(_ options: SharedOptions) async throws -> Connection {
    try await connect(try Settings(file: options.config), logger(options))
  }

  private static func logger(_ options: SharedOptions) -> Logger {
    var logger = Logger(label: "fleetize-etl", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = options.verbose ? .debug : .notice
    return logger
  }

  /// A further connection.
  func open() async throws -> Connection {
    let connection = try await Self.connect(settings, logger)
    try await Self.settle(connection)
    return connection
  }

  /// A connection whose session nobody shares. One that is shared is left as it was, because others go on with it.
  private static func openOwn(_ settings: Settings, _ logger: Logger) async throws -> Connection {
    let connection = try await connect(settings, logger)
    // The locks that pace the calls are those of a session: behind a pooler that shares sessions they protect nothing.
    guard try await !connection.sharesSessions({ try await connect(settings, logger) }) else { throw sharedSessions }
    try await settle(connection)
    return connection
  }

  private static func settle(_ connection: Connection) async throws {
    try await connection.run { db in
      // Statements name the schema of what is ours; what they do not name is the server's own, whatever others put in its way.
      try db.script("set search_path to pg_catalog, pg_temp")
      try db.overrideSessionSettings()
    }
  }

  /// A connection as it comes.
  static func connect(_ settings: Settings, _ logger: Logger) async throws -> Connection {
    try await Connection.open(settings.database, applicationName: "fleetize-etl", logger: logger)
  }

  static let sharedSessions = SettingsError(
    description:
      "a pooler such as PgBouncer is in between, which gives one session of PostgreSQL to several connections in turn",
    hint:
      "connect to PostgreSQL itself, or to a pool with pool_mode=session: the locks that keep calls apart belong to a session"
  )

  /// Finds or adds the account and writes its zones and limits, those that nobody configured only when it `isLoading`: its
  /// defaults are what a load works by, but who looks or migrates from another machine must not set the account back to them.
  ///
  /// - Parameter other: instead of the session's own connection.
  func warehouse(
    for account: Settings.Account, isLoading: Bool = false, on other: Connection? = nil
  ) async throws -> Warehouse {
    do {
      let (warehouse, unknown) = try await (other ?? connection).run { db in
        let configuration = AccountConfiguration(
          name: account.name, timeZone: account.timeZone, deviceTimeZones: account.deviceTimeZones,
          limits: account.limits)
        try configuration.write(keeping: isLoading ? [] : account.defaulted, on: db)
        let warehouse = try Warehouse(configuration, on: db)
        return (warehouse, try warehouse.devices.unknownWithZone(on: db))
      }
      for device in unknown {
        logger.notice(
          "device_time_zones of account \(account.name) names device \(device), which no response has told of yet")
      }
      return warehouse
    } catch let error as UnknownTimeZone {
      let setting =
        error.device.map { "device_time_zones (FLEETIZE_DEVICE_TIME_ZONES) of account \(account.name), device \($0)" }
        ?? "time_zone (FLEETIZE_TIME_ZONE) of account \(account.name)"
      throw SettingsError(description: "\(setting): \(error)")
    }
  }

  /// What the erasures file has and the database has not, as after the restore of an older backup, is remembered again.
  func rememberErasures(_ warehouse: Warehouse, of account: Settings.Account, on connection: Connection) async throws {
    guard let file = settings.erasuresFile else { return }
    guard let erasures = try file.erasures(of: account.name) else {
      return complain("note: there is no erasures_file \(file.path) yet; `erase` makes it")
    }
    try await connection.run { db in try warehouse.erasures.remember(erasures, on: db) }
  }

  /// Notes the beginning of a run.
  func log(_ command: String, of warehouse: Warehouse, on connection: Connection) async throws -> RunLog {
    try await connection.run { db in
      try RunLog(
        account: warehouse.account, command: command, version: FleetizeETL.version,
        host: ProcessInfo.processInfo.hostName, processID: ProcessInfo.processInfo.processIdentifier, now: Date(),
        on: db)
    }
  }

  func client() throws -> FleetizeClient {
    try FleetizeClient(
      baseURL: settings.apiURL, timeout: settings.requestTimeout, maxResponseBytes: settings.maxResponseBytes,
      allowsPlainHTTP: settings.allowsPlainHTTP, version: FleetizeETL.version, logger: logger)
  }
}

extension Settings {
  /// The accounts of these names, all for none.
  ///
  /// - Throws: `ValidationError` for a name that is not configured.
  func accounts(named names: [String]) throws -> [Account] {
    let unknown = Set(names).subtracting(accounts.map(\.name))
    guard unknown.isEmpty else {
      throw ValidationError("no account \(unknown.sorted().joined(separator: ", ")) is configured")
    }
    return accounts.filter { names.isEmpty || names.contains($0.name) }
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
