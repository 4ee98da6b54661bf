import CLibpq

extension Connection {
  /// The process id of the server's side, as in `pg_stat_activity`, that was told at connecting; of a pooler in between it is invented.
  public var backendProcessID: Int32 { get throws { PQbackendPID(try opened().connection) } }

  /// The process id of the server's side that runs this very statement.
  public func askBackendProcessID() throws -> Int32 {
    try query("select pg_catalog.pg_backend_pid()")[0].decode(0)
  }

  /// Whether a pooler between us and the server gives one session to several connections in turn, as PgBouncer does in
  /// its modes `transaction` and `statement`. Then an advisory lock belongs to nobody in particular.
  ///
  /// - Parameter open: makes a further connection to the same place.
  public func sharesSessions(_ open: () async throws -> Connection) async throws -> Bool {
    // Without a pooler, and that is what nearly everybody has, one question is all it costs.
    let own = try await run { try $0.askBackendProcessID() }
    guard try backendProcessID != own else { return false }
    let other = try await open()
    var seen: [(mine: Int32, other: Int32)] = []
    // In turns: a shared session goes to whoever asks next. Several times, in case others take part in the game.
    for _ in 0..<5 {
      seen.append(
        (try await run { try $0.askBackendProcessID() }, try await other.run { try $0.askBackendProcessID() }))
    }
    await other.close()
    return seen.contains { $0.mine != own || $0.other == own }
  }
}
