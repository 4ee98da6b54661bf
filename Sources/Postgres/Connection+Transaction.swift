import CLibpq

extension Connection {
  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws anything.
  ///
  /// When the server gives the transaction up for the sake of another (deadlock, serialization failure), `body` runs
  /// again, three times in all: what it changes outside of the database has to bear that.
  ///
  /// - Throws: what `body` throws; ``PostgresError`` of kind `.usage` inside of another transaction, and when `body`
  ///   swallowed the error of a statement, because then nothing can be committed.
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
    guard try !isInTransaction else { throw PostgresError(.usage, "a transaction within a transaction") }
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
      throw PostgresError(.usage, "the transaction was ended by a statement of its own")
    case PQTRANS_INERROR:
      rollBack()
      throw PostgresError(
        .usage, "the transaction is rolled back: a statement failed in it and its error was not passed on")
    // Open, or lost, which the commit finds out.
    default: break
    }
    do {
      // Once asked for it is not taken back: a cancelled commit would leave in doubt what happened.
      let result = try handle.result(of: Statement("commit"), isCancellable: false)
      guard result.commandTag == "COMMIT" else {
        throw PostgresError(.server, "the server rolled the transaction back at its commit")
      }
    } catch var error as PostgresError where error.isConnectionLost {
      error.hint = "whether the transaction was committed is not known: look before doing it again"
      throw error
    }
  }

  /// If this fails the connection is lost, and the server rolls back by itself.
  private func rollBack() {
    guard let handle, (try? isInTransaction) == true else { return }
    _ = try? handle.result(of: Statement("rollback"), isCancellable: false)
  }
}
