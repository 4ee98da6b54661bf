import Postgres
import TestSupport
import Testing

@Suite struct `A connection whose server process is killed` {
  private func kill(_ victim: Connection, with killer: Connection) async throws {
    let process = try await victim.backendProcessID
    try await killer.execute("select pg_terminate_backend(\(process))")
    while try await !killer.query("select 1 from pg_stat_activity where pid = \(process)").isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func withTwo(_ body: (Connection, Connection) async throws -> Void) async throws {
    try await withTestDatabase { url in
      try await body(try await openForTest(url), try await openForTest(url))
    }
  }

  @Test func `is recognized at the next statement and all later ones`() async throws {
    try await withTwo { victim, killer in
      try await kill(victim, with: killer)
      for _ in 0..<3 {
        let error = await #expect(throws: PostgresError.self) { try await victim.query("select 1") }
        #expect(error?.isConnectionLost == true)
      }
      #expect(await victim.isLost)
    }
  }

  @Test func `is recognized during a statement`() async throws {
    try await withTwo { victim, killer in
      // Asked first, because the connection runs one statement at a time.
      let process = try await victim.backendProcessID
      async let sleeping = victim.query("select pg_sleep(60)")
      while try await killer.query("select from pg_stat_activity where pid = \(process) and wait_event = 'PgSleep'")
        .isEmpty
      {
        try await Task.sleep(for: .milliseconds(5))
      }
      try await killer.execute("select pg_terminate_backend(\(process))")
      do {
        _ = try await sleeping
        Issue.record("the statement ended without an error")
      } catch let error as PostgresError {
        #expect(error.isConnectionLost)
        #expect(error.sqlState == "57P01")
      }
    }
  }

  @Test func `is recognized in a transaction and in a COPY`() async throws {
    try await withTwo { victim, killer in
      try await killer.script("create table t (a int)")
      let process = try await victim.backendProcessID
      let error = await #expect(throws: PostgresError.self) {
        try await victim.run { victim in
          try victim.copyIn("copy t from stdin (format binary)") { rows in
            for number in 0..<Int32.max {
              try rows.beginRow(columns: 1)
              rows.int32(number)
              if number == 100_000 {
                Task { try await killer.execute("select pg_terminate_backend(\(process))") }
              }
            }
          }
        }
      }
      #expect(error?.isConnectionLost == true)
      #expect(try await rowCount(killer) == 0)
      let after = await #expect(throws: PostgresError.self) {
        try await victim.run { victim in try victim.transaction { try victim.execute("insert into t values (1)") } }
      }
      #expect(after?.isConnectionLost == true)
    }
  }
}
