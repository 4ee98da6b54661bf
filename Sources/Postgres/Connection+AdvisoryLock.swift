extension Connection {
  /// Acquires the lock until ``advisoryUnlock(_:)`` or the end of the connection; false if another connection holds it.
  ///
  /// A lock that was acquired twice must be released twice.
  public func tryAdvisoryLock(_ name: String) throws -> Bool {
    try lock("select pg_catalog.pg_try_advisory_lock(\(Self.lockKey(of: "\(name)")))")
  }

  /// As ``tryAdvisoryLock(_:)``, in the separate key space of two numbers.
  public func tryAdvisoryLock(_ group: Int32, _ key: Int32) throws -> Bool {
    try lock("select pg_catalog.pg_try_advisory_lock(\(group), \(key))")
  }

  /// Returns false if this connection does not hold the lock. Works in a cancelled task too.
  @discardableResult
  public func advisoryUnlock(_ name: String) throws -> Bool {
    try lock("select pg_catalog.pg_advisory_unlock(\(Self.lockKey(of: "\(name)")))", isCancellable: false)
  }

  /// Returns false if this connection does not hold the lock. Works in a cancelled task too.
  @discardableResult
  public func advisoryUnlock(_ group: Int32, _ key: Int32) throws -> Bool {
    try lock("select pg_catalog.pg_advisory_unlock(\(group), \(key))", isCancellable: false)
  }

  /// An SQL expression: the key of the lock with a name.
  public static func lockKey(of name: SQL) -> SQL { "pg_catalog.hashtextextended(\(name), 0)" }

  private func lock(_ sql: SQL, isCancellable: Bool = true) throws -> Bool {
    let result = try opened().result(of: Statement(sql), isCancellable: isCancellable)
    return try Row(result: result, index: 0).decode(0)
  }
}
