import CLibpq
import Logging

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A libpq connection that runs one statement at a time, in straight-line blocking code.
///
/// libpq itself is in nonblocking mode, so that a wait notices when its task is cancelled. The thread that waits for a
/// statement also sends the cancel request, so the request cannot hit a later statement.
final class Handle: @unchecked Sendable {
  // Owned by one Connection and used only on its queue; unchecked because the connection attempt hands it over.
  let connection: OpaquePointer
  private let cancelToken: OpaquePointer?
  private let notices: NoticeLog
  /// From sending a statement until its last result.
  private(set) var isBusy = false
  private(set) var cancelWasSent = false
  private var nextCancel: ContinuousClock.Instant?
  /// Nil where every statement is sent in full.
  var repeated: RepeatedStatements?

  /// Milliseconds between two checks whether the task is cancelled.
  private static let tick: Int32 = 50
  private static let cancelInterval = Duration.seconds(1)

  /// Takes ownership of an established connection.
  init(_ connection: OpaquePointer, logger: Logger) {
    self.connection = connection
    cancelToken = PQgetCancel(connection)
    notices = NoticeLog(logger: logger)
    notices.listen(to: connection)
    PQsetnonblocking(connection, 1)
  }

  deinit {
    PQfreeCancel(cancelToken)
    PQfinish(connection)
  }

  var isLost: Bool { PQstatus(connection) == CONNECTION_BAD }

  var transactionStatus: PGTransactionStatusType { PQtransactionStatus(connection) }

  // MARK: One statement

  /// Sends a statement; `body` must read all of its results.
  ///
  /// - Parameter isCancellable: false for what must also run in a cancelled task, such as a rollback.
  func perform<Result>(
    _ statement: Statement, _ way: RepeatedStatements.Way = .whole, isCancellable: Bool = true,
    _ body: () throws -> Result
  ) throws -> Result {
    guard !isBusy else {
      throw PostgresError(
        .usage, "the connection is in the middle of a COPY", hint: "end copyIn before the next statement",
        statement: statement.text)
    }
    guard !isLost else { throw lost(statement) }
    guard !(isCancellable && Task.isCancelled) else { throw cancelled(statement) }
    isBusy = true
    cancelWasSent = false
    nextCancel = nil
    defer { isBusy = false }
    try send(statement, way)
    return try body()
  }

  private func send(_ statement: Statement, _ way: RepeatedStatements.Way) throws {
    guard !statement.text.utf8.contains(0) else {
      throw PostgresError(.usage, "the statement contains a NUL character")
    }
    let isSent =
      switch statement.form {
      case .query:
        try ParameterBuffer(statement).withPointers { values, lengths, formats, types in
          let count = Int32(statement.parameters.count)
          return switch way {
          case .whole: PQsendQueryParams(connection, statement.text, count, types, values, lengths, formats, 1)
          case .prepare(let name): PQsendPrepare(connection, name, statement.text, count, types)
          case .prepared(let name): PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
          }
        }
      case .script, .copy: PQsendQuery(connection, statement.text)
      }
    guard isSent == 1 else { throw libpqFailure(statement) }
  }

  /// The only result of a statement.
  func result(of statement: Statement, isCancellable: Bool = true) throws -> ResultSet {
    var way = repeated?.way(of: statement) ?? .whole
    if case .prepare(let name) = way {
      _ = try perform(statement, way, isCancellable: isCancellable) {
        try finish(statement, isCancellable: isCancellable)
      }
      repeated?.notePrepared(statement, as: name)
      way = .prepared(name)
    }
    return try perform(statement, way, isCancellable: isCancellable) {
      try finish(statement, isCancellable: isCancellable)
    }
  }

  /// Reads all results: returns the last one or throws the first error.
  ///
  /// - Parameter first: a result that was already read.
  @discardableResult
  func finish(_ statement: Statement, first: OpaquePointer? = nil, isCancellable: Bool) throws -> ResultSet {
    var pending = first
    var last: ResultSet?
    var failure: PostgresError?
    var count = 0
    while let result = pending.take() ?? nextResult(isCancellable: isCancellable) {
      count += 1
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        last = ResultSet(result, statement: statement.text)
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        PQclear(result)
        let unexpected = "COPY from stdin requires copyIn; COPY to stdout is not supported"
        failure = failure ?? PostgresError(.usage, unexpected, statement: statement.text)
        guard leaveCopy() else { throw lost(statement) }
      default:
        var error = self.error(result, statement)
        PQclear(result)
        if statement.form == .script { error.statementNumber = count }
        failure = failure ?? error
      }
    }
    if var failure {
      if isLost { failure.kind = .connectionLost }
      throw failure
    }
    guard let last, !isLost else { throw lost(statement) }
    return last
  }

  /// Returns nil after the last result of a statement. The caller clears the result.
  func nextResult(isCancellable: Bool) -> OpaquePointer? {
    while true {
      if isCancellable, Task.isCancelled { cancelStatement() }
      let unsent = PQflush(connection)
      // On failure, libpq returns a result that describes it.
      guard unsent >= 0, unsent == 1 || PQisBusy(connection) == 1 else { return PQgetResult(connection) }
      guard wait(toWrite: unsent == 1) else { return PQgetResult(connection) }
    }
  }

  /// Asks the server to stop the current statement, again every second until it does.
  func cancelStatement() {
    let now = ContinuousClock.now
    if let nextCancel, now < nextCancel { return }
    nextCancel = now + Self.cancelInterval
    cancelWasSent = true
    var message = [CChar](repeating: 0, count: 256)
    _ = PQcancel(cancelToken, &message, Int32(message.count))
  }

  /// Waits for the server, at most one tick; false if the connection is lost.
  private func wait(toWrite: Bool) -> Bool {
    let socket = PQsocket(connection)
    guard socket >= 0 else { return false }
    var descriptor = pollfd(fd: socket, events: Int16(POLLIN) | (toWrite ? Int16(POLLOUT) : 0), revents: 0)
    let ready = poll(&descriptor, 1, Self.tick)
    guard ready > 0, descriptor.revents & ~Int16(POLLOUT) != 0 else { return true }
    return PQconsumeInput(connection) == 1
  }

  // MARK: COPY

  func putCopyData(_ bytes: UnsafeRawBufferPointer, _ statement: Statement) throws {
    guard !Task.isCancelled else { throw cancelled(statement) }
    let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
    guard PQputCopyData(connection, start, Int32(bytes.count)) == 1 else { throw libpqFailure(statement) }
    // libpq would buffer what the server does not accept yet. Waiting keeps memory flat.
    try flush(statement)
  }

  /// - Parameter reason: nil to store the rows; otherwise the reason given to the server for discarding them.
  func putCopyEnd(reason: String?, _ statement: Statement) throws {
    while true {
      switch PQputCopyEnd(connection, reason) {
      case 1: return
      case 0: try flush(statement)
      default: throw libpqFailure(statement)
      }
    }
  }

  private func flush(_ statement: Statement) throws {
    while true {
      switch PQflush(connection) {
      case 0: return
      case 1:
        guard !Task.isCancelled else { throw cancelled(statement) }
        guard wait(toWrite: true) else { throw libpqFailure(statement) }
      default: throw libpqFailure(statement)
      }
    }
  }

  /// Ends a COPY that was sent as a plain statement.
  private func leaveCopy() -> Bool {
    guard PQputCopyEnd(connection, "unexpected COPY") != 1 else { return true }
    cancelStatement()
    var row: UnsafeMutablePointer<CChar>?
    while true {
      let count = PQgetCopyData(connection, &row, 0)
      PQfreemem(row)
      if count < 0 { return count == -1 }
    }
  }

  // MARK: Errors

  /// The error that a result describes.
  func error(_ result: OpaquePointer, _ statement: Statement) -> PostgresError {
    var error = PostgresError(result: result, to: statement)
    if cancelWasSent, error.sqlState == "57014" {
      error.kind = .cancelled
      error.message = "the statement was cancelled with its task"
    }
    if isLost { error.kind = .connectionLost }
    return error
  }

  func cancelled(_ statement: Statement) -> PostgresError {
    PostgresError(.cancelled, "the task was cancelled", statement: statement.text)
  }

  /// What libpq reports about a lost connection.
  func lost(_ statement: Statement) -> PostgresError {
    let message = String(cString: PQerrorMessage(connection)).onOneLine
    return PostgresError(
      .connectionLost,
      message.isEmpty ? "the connection to the server is lost" : statement.redacted(message, sqlState: nil),
      statement: statement.text)
  }

  private func libpqFailure(_ statement: Statement) -> PostgresError {
    guard !isLost else { return lost(statement) }
    return PostgresError(
      .usage, statement.redacted(String(cString: PQerrorMessage(connection)).onOneLine, sqlState: nil),
      statement: statement.text)
  }
}
