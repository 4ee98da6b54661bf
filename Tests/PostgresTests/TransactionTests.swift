import Postgres
import TestSupport
import Testing

struct Abandoned: Error {}

/// The number of rows in table `t`, which every test here creates.
func rowCount(_ connection: Connection) async throws -> Int {
  try await connection.query("select count(*) from t")[0].decode(0)
}

@Suite struct `A transaction` {
  @Test func `is committed when its body returns`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int primary key)")
      let response = try await connection.run { connection in
        try connection.transaction {
          try connection.execute("insert into t values (1)")
          return "done"
        }
      }
      #expect(response == "done")
      #expect(try await rowCount(connection) == 1)
      #expect(try await !connection.isInTransaction)
    }
  }

  @Test func `is rolled back on any throw`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int primary key)")
      await #expect(throws: Abandoned.self) {
        try await connection.run { connection in
          try connection.transaction {
            try connection.execute("insert into t values (1)")
            throw Abandoned()
          }
        }
      }
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.transaction {
            try connection.execute("insert into t values (1)")
            try connection.execute("insert into t values (1)")
          }
        }
      }
      #expect(error?.sqlState == "23505")
      #expect(try await rowCount(connection) == 0)
      #expect(try await !connection.isInTransaction)
    }
  }

  @Test(arguments: ["serialization_failure", "deadlock_detected"])
  func `aborted in favor of another runs up to three times`(condition: String) async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int primary key)")
      let attempts = try await connection.run { connection in
        var attempts = 0
        try connection.transaction {
          attempts += 1
          try connection.execute("insert into t values (1)")
          if attempts < 3 { try connection.script("do $$ begin raise \(condition); end $$") }
        }
        #expect(throws: PostgresError.self) {
          try connection.transaction {
            attempts += 1
            try connection.script("do $$ begin raise \(condition); end $$")
          }
        }
        return attempts
      }
      #expect(attempts == 6)
      #expect(try await rowCount(connection) == 1)
    }
  }

  @Test func `cannot contain another`() async throws {
    try await withTestConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.transaction { try connection.transaction {} }
        }
      }
      #expect(error?.kind == .usage)
    }
  }

  @Test func `that ignored an error is not reported as committed`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int primary key)")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.transaction {
            try connection.execute("insert into t values (1)")
            _ = try? connection.execute("insert into nowhere values (1)")
          }
        }
      }
      #expect(error?.kind == .usage)
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `whose deferred constraint fails on commit throws`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int unique deferrable initially deferred)")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.transaction { try connection.execute("insert into t values (1), (1)") }
        }
      }
      #expect(error?.sqlState == "23505")
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `that ends itself throws`() async throws {
    try await withTestConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.transaction { try connection.execute("commit") }
        }
      }
      #expect(error?.kind == .usage)
    }
  }
}
