import CLibpq

extension Connection {
  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws anything.
  ///
  /// If the server aborts the transaction in favor of another (deadlock, serialization failure), `body` runs again, up to
  /// three times in total. Its effects outside the database must tolerate that.
  ///
  /// - Throws: what `body` throws; ``PostgresError`` of kind `.usage` inside another transaction, and if `body` ignored the
  ///   error of a statement, because nothing can be committed then.
  @discardableResult
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    var attempt = 1
    while true {
      do {
        return try attemptTransaction(body)
      } catch let error as PostgresError where error.isConflict && attempt < Self.transactionAttempts {
        attempt += 1
      }
    }
  }

  private static var transactionAttempts: Int { 3 }

  private func attemptTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    guard try !isInTransaction else { throw PostgresError(.usage, "transactions cannot be nested") }
    _ = try opened().result(of: Statement("begin"))
    let result: Result
    do {
      result = try body()
    } catch {
      rollBack()
      throw error
    }
    try commit()
    return result
  }

  /// Whether a transaction is open; false on a lost connection.
  public var isInTransaction: Bool {
    get throws { ![PQTRANS_IDLE, PQTRANS_UNKNOWN].contains(try opened().transactionStatus) }
  }

  private func commit() throws {
    let handle = try opened()
    switch handle.transactionStatus {
    case PQTRANS_IDLE:
      throw PostgresError(.usage, "a statement within the transaction ended it")
    case PQTRANS_INERROR:
      rollBack()
      throw PostgresError(
        .usage, "the transaction was rolled back: one of its statements failed, and the error was ignored")
    // Open, or lost, which the commit will find out.
    default: break
    }
    do {
      // Not cancellable: whether a cancelled commit took effect would be unknown.
      let result = try handle.result(of: Statement("commit"), isCancellable: false)
      guard result.commandTag == "COMMIT" else {
        throw PostgresError(.server, "the server rolled back the transaction on commit")
      }
    } catch var error as PostgresError where error.isConnectionLost {
      error.hint = "the transaction may have been committed; check before repeating it"
      throw error
    }
  }

  /// If this fails, the connection is lost and the server rolls back.
  private func rollBack() {
    guard let handle, (try? isInTransaction) == true else { return }
    _ = try? handle.result(of: Statement("rollback"), isCancellable: false)
  }
}
