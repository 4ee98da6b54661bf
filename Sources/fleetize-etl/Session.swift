import ArgumentParser
import Extract
import FoundationEssentials
import Glibc
import Load
import Logbook
import Logging
import Pipeline
import Postgres
import Schema
import UnixSignals

/// Settings, database connection and logger of a command.
struct Session {
  let settings: Settings
  /// The accounts named with `--account`; all configured ones if none is. Settings that nothing configures are as stored.
  private(set) var accounts: [Settings.Account]
  let connection: Connection
  let logger: Logger
  let verbosity: Verbosity
  private let databaseClock = DatabaseClock()

  /// The one clock of every decision.
  var clock: PipelineClock { databaseClock.clock }

  /// What to do with changed settings that move trips to other dates or allow more calls.
  enum ChangePolicy {
    case report
    case refuse
    case apply
  }

  /// - Parameter checksSchema: whether the schema must be that of this program; the stored settings are not read otherwise.
  init(_ options: SharedOptions, checksSchema: Bool = true, changes: ChangePolicy = .report) async throws {
    logger = Self.logger(options)
    verbosity = options.verbosity
    let settings = try Settings(file: options.config)
    if verbosity != .quiet { settings.reportUnknownVariables() }
    logger.debug(
      "settings: file \(settings.file ?? "none"), accounts \(settings.accounts.map(\.name).joined(separator: ", "))")
    self.settings = settings
    accounts = try settings.accounts(named: options.account)
    connection = try await Self.openOwn(settings, logger)
    logger.debug("connected to the database")
    try await adjustClock(on: connection)
    guard checksSchema else { return }
    try await Migrator(connection: connection, logger: logger).check()
    try await compareWithStoredSettings(changes)
  }

  /// Keeps stored values where nothing is configured, and treats changed ones as `policy` says.
  mutating func compareWithStoredSettings(_ policy: ChangePolicy) async throws {
    let configured = accounts
    let stored = try await connection.run { db in try configured.map { try StoredAccount(named: $0.name, on: db) } }
    accounts = zip(configured, stored).map { $0.keeping($1) }
    for (account, stored) in zip(accounts, stored) {
      let changes = account.riskyChanges(from: stored)
      guard !changes.isEmpty, policy != .apply else { continue }
      let text = "account \(account.name): \(changes.joined(separator: "; "))"
      if policy == .report {
        note(text)
      } else {
        throw SettingError(
          text, hint: "correct the settings, or apply the change with `fleetize-etl migrate --confirm-changes`")
      }
    }
  }

  /// Only a connection, for commands that read the views: a reader has no access to the rest of the database.
  static func connection(_ options: SharedOptions) async throws -> Connection {
    try await connect(try Settings(file: options.config), logger(options))
  }

  private static func logger(_ options: SharedOptions) -> Logger {
    var logger = Logger(label: "fleetize-etl", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel =
      switch options.verbosity {
      case .quiet: .error
      case .normal: .notice
      case .verbose: .debug
      }
    return logger
  }

  func note(_ text: String) {
    if verbosity != .quiet { complain("note: \(text)") }
  }

  /// Opens another connection.
  func open() async throws -> Connection {
    let connection = try await Self.connect(settings, logger)
    try await Self.settle(connection)
    try await adjustClock(on: connection)
    return connection
  }

  /// Opens a connection with a session of its own. A shared session is left unchanged, because others use it.
  private static func openOwn(_ settings: Settings, _ logger: Logger) async throws -> Connection {
    let connection = try await connect(settings, logger)
    // The locks that pace the calls belong to a session. Behind a pooler that shares sessions they protect nothing.
    guard try await !connection.sharesSessions({ try await connect(settings, logger) }) else { throw sharedSessions }
    let encoding: String = try await connection.run { db in
      try db.query("select current_setting('server_encoding') as encoding")[0].decode("encoding")
    }
    guard encoding == "UTF8" else {
      throw SettingError(
        "the database has the encoding \(encoding), not UTF8",
        hint: "create another database with: createdb --encoding UTF8 --template template0 NAME")
    }
    try await settle(connection)
    return connection
  }

  /// - Throws: ``SettingError`` if the clocks differ so much that one of them must be wrong.
  private func adjustClock(on connection: Connection) async throws {
    let clocks = try await connection.run { [databaseClock] db in try databaseClock.adjust(on: db) }
    guard clocks.isNotable else { return }
    let finding =
      "this machine's clock says \(clocks.machine.utcText), the database server's \(clocks.database.utcText)"
    guard !clocks.isUnusable else {
      throw SettingError(
        finding, hint: "synchronize both clocks by NTP: they decide when days end and calls are allowed")
    }
    if databaseClock.isFirstWarning() { note("\(finding); the database server's counts") }
  }

  private static func settle(_ connection: Connection) async throws {
    try await connection.run { db in
      // Our statements name our schemas; unqualified names must mean the server's own functions.
      try db.script("set search_path to pg_catalog, pg_temp")
      try db.overrideSessionSettings()
    }
  }

  /// Opens a connection and changes nothing in its session.
  static func connect(_ settings: Settings, _ logger: Logger) async throws -> Connection {
    try await Connection.open(settings.database, applicationName: "fleetize-etl", logger: logger)
  }

  static let sharedSessions = SettingError(
    "the connection goes through a pooler such as PgBouncer that shares PostgreSQL sessions between clients",
    hint:
      "connect to PostgreSQL directly, or to a pool with pool_mode=session: the locks that pace the calls belong to a session"
  )

  /// Finds the account.
  ///
  /// - Parameters:
  ///   - writesSettings: whether zones and limits of an account that exists become those of the settings.
  ///   - other: used in place of the session's own connection.
  func warehouse(
    for account: Settings.Account, writesSettings: Bool = false, on other: Connection? = nil
  ) async throws -> Warehouse {
    do {
      let (warehouse, unknown) = try await (other ?? connection).run { db in
        let configuration = account.configuration(unjudgedNights: settings.unjudgedNights)
        try configuration.write(keeping: writesSettings ? [] : Set(AccountSetting.allCases), on: db)
        let warehouse = try Warehouse(configuration, on: db)
        return (warehouse, try warehouse.devices.unknownWithZone(on: db))
      }
      for device in unknown {
        logger.notice(
          "device_time_zones of account \(account.name) names device \(device), which no response has contained yet")
      }
      return warehouse
    } catch LoadError.unknownAccount(let name) {
      throw try await unknownAccount(name, on: other ?? connection)
    } catch let error as UnknownTimeZone {
      throw Self.settingError(error, of: account.name)
    }
  }

  /// - Throws: instead of returning if the database fails.
  func unknownAccount(_ name: String, on connection: Connection) async throws -> SettingError {
    let known = try await connection.run { db in try Accounts.all(on: db).map(\.name) }
    let shown = printable(name)
    guard !known.isEmpty else {
      return SettingError(
        "the database has no account yet", hint: "run `fleetize-etl migrate`, or `fleetize-etl account add \(shown)`")
    }
    return SettingError(
      "the database has no account \"\(shown)\"\(suggestion(for: name, in: known)); it has \(known.map(printable).joined(separator: ", "))",
      hint: "correct the name; for a new name of a known account run `fleetize-etl account rename`, "
        + "for another account `fleetize-etl account add \(shown)`")
  }

  static func settingError(_ error: UnknownTimeZone, of account: String) -> SettingError {
    let setting =
      error.device.map { "device_time_zones (FLEETIZE_DEVICE_TIME_ZONES) of account \(account), device \($0)" }
      ?? "time_zone (FLEETIZE_TIME_ZONE) of account \(account)"
    return SettingError(
      "\(setting) is a time zone that PostgreSQL does not know", hint: TimeZoneName.hint(for: error.zone))
  }

  /// Copies erasures from the erasures file that the database lacks, as after the restore of an older backup.
  func rememberErasures(_ warehouse: Warehouse, of account: Settings.Account, on connection: Connection) async throws {
    guard let file = settings.erasuresFile else { return }
    guard let erasures = try file.erasures(of: account.name) else {
      return note("erasures_file \(file.path) does not exist yet; `erase` creates it")
    }
    try await connection.run { db in try warehouse.erasures.remember(erasures, on: db) }
  }

  /// Records the start of a run.
  func log(_ command: String, of warehouse: Warehouse, on connection: Connection) async throws -> RunLog {
    let now = clock.now()
    return try await connection.run { db in
      try RunLog(
        account: warehouse.account, command: command, version: FleetizeETL.version,
        host: ProcessInfo.processInfo.hostName, processID: ProcessInfo.processInfo.processIdentifier, now: now,
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
  /// The accounts with these names; all accounts for none.
  ///
  /// - Throws: ``UsageError`` for a name that is not configured.
  func accounts(named names: [String]) throws -> [Account] {
    let known = accounts.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw UsageError(
        "no account \"\(printable(unknown))\" is configured\(suggestion(for: unknown, in: known))",
        hint: "the configured accounts are \(known.joined(separator: ", "))")
    }
    return accounts.filter { names.isEmpty || names.contains($0.name) }
  }
}

/// Runs `body`; SIGTERM, SIGINT and SIGHUP stop it after the work under way, a second one at once.
///
/// - Parameter reason: what the end waits for.
func handlingSignals<Result: Sendable>(
  waitingFor reason: String, _ body: (Interruption) async throws -> Result
) async throws -> Result {
  let interruption = Interruption()
  let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
  let listener = Task {
    for await signal in signals {
      // The call under way stays in the ledger: the next call through the egress writes its end.
      if interruption.signal != nil { _exit(128 + signal.rawValue) }
      interruption.interrupt(signal: signal.rawValue)
      complain("stopping: \(reason); send the signal again to stop now")
    }
  }
  defer { listener.cancel() }
  return try await body(interruption)
}
