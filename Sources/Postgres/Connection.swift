import CLibpq
import Dispatch
import Logging

/// A connection to PostgreSQL, on its own queue because libpq blocks.
///
/// The closure of ``run(_:)`` runs on the connection without interruption, in straight-line code.
///
/// ```swift
/// let count = try await connection.run { connection in
///   try connection.transaction {
///     try connection.execute("delete from warehouse.route where device_key = \(key) and day = \(day)")
///   }
/// }
/// ```
///
/// Cancelling the task cancels the current statement and refuses further ones, except for the rollback of a transaction. The
/// error is a ``PostgresError`` of kind `.cancelled`. A lost connection stays lost: open a new one.
public actor Connection {
  private let executor: QueueExecutor
  private(set) var handle: Handle?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(_ handle: Handle, executor: QueueExecutor) {
    self.handle = handle
    self.executor = executor
  }

  /// Checks a connection string without connecting.
  ///
  /// - Throws: ``PostgresError`` of kind `.wrongTarget`, without the string.
  public static func check(_ conninfo: String) throws { _ = try ConnectionString(conninfo) }

  /// Connects, with UTF-8 and the time zone UTC.
  ///
  /// - Parameters:
  ///   - conninfo: a URI, a string of `key=value` pairs, or empty. What it leaves open libpq takes from its own
  ///     environment (`PG*`), service file and `.pgpass`. Where none of these says otherwise, connecting gives up after
  ///     10 s a host and TCP keepalives notice a vanished server within two minutes.
  ///   - applicationName: how the connection appears in `pg_stat_activity` where nothing else is configured.
  ///   - logger: gets the server's notices.
  /// - Throws: ``PostgresError`` of kind `.connectFailed` or `.wrongTarget`, never with the password.
  public static func open(
    _ conninfo: String, applicationName: String, logger: Logger
  ) async throws -> Connection {
    let executor = QueueExecutor(label: "postgres.\(applicationName)")
    let handle = try await Handle.connect(
      to: ConnectionString(conninfo), applicationName: applicationName, logger: logger, on: executor.queue)
    let connection = Connection(handle, executor: executor)
    // The role or the environment may set these otherwise, and with them the meaning of text parameters.
    try await connection.script(
      "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set standard_conforming_strings to on")
    return connection
  }

  /// Runs `body` on the connection without interruption.
  @discardableResult
  public func run<Result: Sendable>(
    _ body: @Sendable (isolated Connection) throws -> Result
  ) async throws -> Result {
    try body(self)
  }

  /// Prepares statements from their sixth repetition on. Not through a pooler that shares sessions, which would not know them.
  public func prepareRepeatedStatements() throws {
    let handle = try opened()
    if handle.repeated == nil { handle.repeated = RepeatedStatements() }
  }

  /// Closes the connection; the server rolls back an open transaction and releases advisory locks. Closing twice is allowed.
  public func close() {
    handle = nil
  }

  /// For example 150018 for 15.18.
  public var serverVersion: Int { get throws { Int(PQserverVersion(try opened().connection)) } }

  /// Whether the server or the network has ended the connection, as far as is known without a round trip.
  public var isLost: Bool { handle?.isLost ?? true }

  func opened() throws -> Handle {
    guard let handle else { throw PostgresError(.usage, "the connection was closed") }
    return handle
  }
}
