extension Connection {
  /// Takes the lock for this connection until ``advisoryUnlock(_:)`` or its end; false when another one holds it.
  ///
  /// A connection that takes it twice has to give it back twice.
  public func tryAdvisoryLock(_ key: Int64) throws -> Bool {
    try lock("select pg_catalog.pg_try_advisory_lock(\(key))")
  }

  /// As ``tryAdvisoryLock(_:)``, in the other space of keys: those of two numbers.
  public func tryAdvisoryLock(_ group: Int32, _ key: Int32) throws -> Bool {
    try lock("select pg_catalog.pg_try_advisory_lock(\(group), \(key))")
  }

  /// False when this connection does not hold the lock. Works in a cancelled task too.
  @discardableResult
  public func advisoryUnlock(_ key: Int64) throws -> Bool {
    try lock("select pg_catalog.pg_advisory_unlock(\(key))", isCancellable: false)
  }

  /// False when this connection does not hold the lock. Works in a cancelled task too.
  @discardableResult
  public func advisoryUnlock(_ group: Int32, _ key: Int32) throws -> Bool {
    try lock("select pg_catalog.pg_advisory_unlock(\(group), \(key))", isCancellable: false)
  }

  private func lock(_ sql: SQL, isCancellable: Bool = true) throws -> Bool {
    let result = try opened().result(of: Statement(sql), isCancellable: isCancellable)
    return try Row(result: result, index: 0).decode(0)
  }
}
