import Postgres
import TestSupport
import Testing

@Suite struct `Cancelling a task` {
  /// Runs `work`, cancels it after `delay`, and says what it threw and how long after the cancelling.
  private func cancel<Success: Sendable>(
    after delay: Duration = .milliseconds(200), _ work: @escaping @Sendable () async throws -> Success
  ) async throws -> (error: (any Error)?, elapsed: Duration) {
    let task = Task { try await work() }
    try await Task.sleep(for: delay)
    let start = ContinuousClock.now
    task.cancel()
    let result = await task.result
    let elapsed = ContinuousClock.now - start
    guard case .failure(let error) = result else { return (nil, elapsed) }
    return (error, elapsed)
  }

  private func expectCancelled(_ outcome: (error: (any Error)?, elapsed: Duration)) {
    #expect((outcome.error as? PostgresError)?.kind == .cancelled, "\(String(describing: outcome.error))")
    #expect(outcome.elapsed < .seconds(2))
  }

  @Test func `cancels its query within a second, and the connection goes on`() async throws {
    try await withTestConnection { connection in
      expectCancelled(try await cancel { try await connection.query("select pg_sleep(30)") })
      expectCancelled(try await cancel { try await connection.run { try $0.query("select pg_sleep(30)") } })
      expectCancelled(try await cancel { try await connection.script("select 1; select pg_sleep(30)") })
      try await connection.execute("select 1")
    }
  }

  @Test func `rolls its transaction back`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      expectCancelled(
        try await cancel {
          try await connection.run { connection in
            try connection.transaction {
              try connection.execute("insert into t values (1)")
              try connection.execute("select pg_sleep(30)")
            }
          }
        })
      #expect(try await !connection.isInTransaction)
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `cancels a stream and a COPY`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      expectCancelled(
        try await cancel {
          try await connection.run { try $0.stream("select generate_series(1, 2000000000)") { _ in } }
        })
      expectCancelled(
        try await cancel {
          try await connection.run { connection in
            try connection.copyIn("copy t from stdin (format binary)") { rows in
              for number in 0..<Int32.max {
                try rows.beginRow(columns: 1)
                rows.int32(number)
              }
            }
          }
        })
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `cancels a COPY that waits for a lock`() async throws {
    try await withTestDatabase { url in
      let (holder, waiter) = (try await openForTest(url), try await openForTest(url))
      try await holder.script("create table t (a int)")
      try await holder.script(
        "create function wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$"
      )
      try await holder.script("create trigger wait before insert on t for each row execute function wait()")
      #expect(try await holder.tryAdvisoryLock(1))
      expectCancelled(
        try await cancel(after: .seconds(1)) {
          try await waiter.run { connection in
            try connection.copyIn("copy t from stdin (format binary)") { rows in
              for number: Int32 in 0..<10_000_000 {
                try rows.beginRow(columns: 1)
                rows.int32(number)
              }
            }
          }
        })
      #expect(try await rowCount(waiter) == 0)
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

  @Test func `is told from a statement timeout`() async throws {
    try await withTestConnection { connection in
      try await connection.script("set statement_timeout = 50")
      let error = await #expect(throws: PostgresError.self) { try await connection.query("select pg_sleep(5)") }
      #expect(error?.kind == .server)
      #expect(error?.sqlState == "57014")
    }
  }
}
