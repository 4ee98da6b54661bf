import Postgres
import TestSupport
import Testing

@Suite struct `Cancelling a task` {
  /// Runs `work` on its own connection, cancels it at a given moment, and expects that this ends it.
  ///
  /// - Parameter moment: a condition on `pg_stat_activity`.
  private func expectCancelled<Success: Sendable>(
    in url: String, when moment: SQL = "state = 'active'",
    _ work: @escaping @Sendable (Connection) async throws -> Success
  ) async throws {
    let (connection, watcher) = (try await openForTest(url), try await openForTest(url))
    let process = try await connection.backendProcessID
    let task = Task { try await work(connection) }
    while try await watcher.query("select from pg_stat_activity where pid = \(process) and \(moment)").isEmpty {
      try await Task.sleep(for: .milliseconds(5))
    }
    // Gives the client time to send, for example more rows than the server accepts.
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(try await !connection.isInTransaction)
    try await connection.execute("select 1")
  }

  // The statements take ten minutes and end without an error if they are not cancelled. The time limit is for those that never end
  // and far longer than a busy machine needs.
  @Test(.timeLimit(.minutes(30))) func `cancels its query and leaves the connection usable`() async throws {
    try await withTestDatabase { url in
      try await expectCancelled(in: url) { try await $0.query("select pg_sleep(600)") }
      try await expectCancelled(in: url) { try await $0.run { try $0.query("select pg_sleep(600)") } }
      try await expectCancelled(in: url) { try await $0.script("select 1; select pg_sleep(600)") }
    }
  }

  @Test(.timeLimit(.minutes(30))) func `rolls back its transaction`() async throws {
    try await withTestDatabase { url in
      let owner = try await openForTest(url)
      try await owner.script("create table t (a int)")
      try await expectCancelled(in: url, when: "wait_event = 'PgSleep'") { connection in
        try await connection.run { connection in
          try connection.transaction {
            try connection.execute("insert into t values (1)")
            try connection.execute("select pg_sleep(600)")
          }
        }
      }
      #expect(try await rowCount(owner) == 0)
    }
  }

  @Test(.timeLimit(.minutes(30))) func `cancels a COPY`() async throws {
    try await withTestDatabase { url in
      let owner = try await openForTest(url)
      try await owner.script("create table t (a int)")
      try await expectCancelled(in: url) { try await Self.copy(rows: Int32.max, on: $0) }
      #expect(try await rowCount(owner) == 0)
    }
  }

  @Test(.timeLimit(.minutes(30))) func `cancels a COPY that waits for a lock`() async throws {
    try await withTestDatabase { url in
      let holder = try await openForTest(url)
      try await holder.script("create table t (a int)")
      try await holder.script(
        "create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$"
      )
      try await holder.script("create trigger wait before insert on t for each row execute function wait()")
      try await holder.execute("select pg_advisory_lock(1)")
      try await expectCancelled(in: url, when: "wait_event_type = 'Lock'") {
        try await Self.copy(rows: 10_000_000, on: $0)
      }
      #expect(try await rowCount(holder) == 0)
    }
  }

  private static func copy(rows count: Int32, on connection: Connection) async throws {
    try await connection.run { connection in
      try connection.copyIn("copy t from stdin (format binary)") { rows in
        for number in 0..<count {
          try rows.beginRow(columns: 1)
          rows.int32(number)
        }
      }
    }
  }

  @Test func `before its statement sends nothing`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await connection.execute("insert into t values (1)")
      }
      #expect(await #expect(throws: PostgresError.self) { try await task.value }?.isCancelled == true)
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `never hits the next statement`() async throws {
    try await withTestConnection { connection in
      for round in 0..<300 {
        let task = Task { try await connection.query("select pg_sleep(0.002)") }
        try await Task.sleep(for: .microseconds(round * 20))
        task.cancel()
        try await connection.execute("select 1")
        _ = await task.result
      }
    }
  }

  @Test func `is distinguished from a statement timeout`() async throws {
    try await withTestConnection { connection in
      try await connection.script("set statement_timeout = 50")
      let error = await #expect(throws: PostgresError.self) { try await connection.query("select pg_sleep(5)") }
      #expect(error?.kind == .server)
      #expect(error?.sqlState == "57014")
    }
  }
}
