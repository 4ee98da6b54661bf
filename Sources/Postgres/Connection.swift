import CLibpq
import Dispatch
import Logging

/// A connection to PostgreSQL, on a queue of its own because libpq blocks.
///
/// Work in ``run(_:)``: its closure runs on the connection without interruption, in straight-line code.
///
/// ```swift
/// let count = try await connection.run { connection in
///   try connection.transaction {
///     try connection.execute("delete from warehouse.route where device_key = \(key) and day = \(day)")
///   }
/// }
/// ```
///
/// Cancelling the task cancels the statement in progress and refuses the next ones, but for the rollback of a transaction;
/// the error is a ``PostgresError`` of kind `.cancelled`. A connection that is lost stays lost: open another.
public actor Connection {
  private let executor: QueueExecutor
  private(set) var handle: Handle?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(_ handle: Handle, executor: QueueExecutor) {
    self.handle = handle
    self.executor = executor
  }

  /// Connects, with UTF-8 and the time zone UTC.
  ///
  /// - Parameters:
  ///   - conninfo: a URI, a string of `key=value` pairs, or empty. What it leaves open libpq takes from its own
  ///     environment (`PG*`), service file and `.pgpass`. Where none of these says otherwise, connecting gives up after
  ///     10 s a host and TCP keepalives notice a vanished server within two minutes.
  ///   - applicationName: how the connection appears in `pg_stat_activity` where nothing else is configured.
  ///   - logger: gets the server's notices.
  /// - Throws: ``PostgresError`` of kind `.connectFailed`, never with the password.
  public static func open(
    _ conninfo: String, applicationName: String, logger: Logger
  ) async throws -> Connection {
    let executor = QueueExecutor(label: "postgres.\(applicationName)")
    let handle = try await Handle.connect(
      to: ConnectionString(conninfo), applicationName: applicationName, logger: logger, on: executor.queue)
    let connection = Connection(handle, executor: executor)
    // Whatever the role or the environment say, text parameters mean the same everywhere.
    try await connection.script(
      "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; set standard_conforming_strings to on")
    return connection
  }

  /// Runs `body` on the connection; nothing else comes in between.
  @discardableResult
  public func run<Result: Sendable>(
    _ body: @Sendable (isolated Connection) throws -> Result
  ) async throws -> Result {
    try body(self)
  }

  /// Closes the connection; the server rolls an open transaction back and frees advisory locks. Again is no error.
  public func close() {
    handle = nil
  }

  /// Such as 150018 for 15.18.
  public var serverVersion: Int { get throws { Int(PQserverVersion(try opened().connection)) } }

  /// Whether the server or the network has ended the connection, as far as known without asking.
  public var isLost: Bool { handle?.isLost ?? true }

  func opened() throws -> Handle {
    guard let handle else { throw PostgresError(.usage, "the connection was closed") }
    return handle
  }
}
