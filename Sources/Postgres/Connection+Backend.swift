import CLibpq

extension Connection {
  /// The backend's process ID as reported when connecting; a pooler makes one up.
  public var backendProcessID: Int32 { get throws { PQbackendPID(try opened().connection) } }

  /// The process ID of the backend that runs this statement.
  public func askBackendProcessID() throws -> Int32 {
    try query("select pg_catalog.pg_backend_pid()")[0].decode(0)
  }

  /// Whether a pooler shares one session among several connections, as PgBouncer does in its modes `transaction` and
  /// `statement`. Session-level advisory locks protect nothing then.
  ///
  /// - Parameter open: opens another connection to the same database.
  public func sharesSessions(_ open: () async throws -> Connection) async throws -> Bool {
    // Without a pooler, the usual case, this costs one round trip.
    let own = try await run { try $0.askBackendProcessID() }
    guard try backendProcessID != own else { return false }
    let other = try await open()
    var seen: [(mine: Int32, other: Int32)] = []
    // Alternately: a shared session goes to whoever asks next. Several times, in case other clients interfere.
    for _ in 0..<5 {
      seen.append(
        (try await run { try $0.askBackendProcessID() }, try await other.run { try $0.askBackendProcessID() }))
    }
    await other.close()
    return seen.contains { $0.mine != own || $0.other == own }
  }
}
