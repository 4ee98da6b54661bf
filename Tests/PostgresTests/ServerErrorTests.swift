import Postgres
import TestSupport
import Testing

@Suite struct `An error of the server` {
  private func failure(_ sql: SQL, with connection: Connection) async -> PostgresError? {
    await #expect(throws: PostgresError.self) { try await connection.query(sql) }
  }

  @Test func `has its parts and no value in its description`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a text constraint t_key primary key)")
      try await connection.execute("insert into t values (\("hunter2"))")
      let error = try #require(await failure("insert into t values (\("hunter2"))", with: connection))
      #expect(error.kind == .server)
      #expect(error.sqlState == "23505")
      #expect(error.message == "duplicate key value violates unique constraint \"t_key\"")
      #expect(error.detail == "Key (a)=(hunter2) already exists.")
      #expect(error.schema == "public" && error.table == "t" && error.constraint == "t_key")
      #expect(error.statement == "insert into t values ($1)")
      #expect(!"\(error)".contains("hunter2"))
      #expect("\(error)".contains("insert into t values ($1)"))
      #expect(!error.isConnectionLost)
    }
  }

  @Test func `does not quote the value that could not be read`() async throws {
    try await withTestConnection { connection in
      let values: [(SQL, String)] = [
        ("select \("hunter2")::int4", "invalid input syntax for type integer: $1"),
        ("select \(["1", "hunter2"])::int4[]", "invalid input syntax for type integer: \"…\""),
        ("select \("hunter2")::timestamptz", "invalid input syntax for type timestamp with time zone: $1"),
        ("select \("2015-02-30")::date", "date/time field value out of range: $1"),
        ("select \(99_999_999_999)::int4", "value $1 is out of range for type integer"),
        ("select \("a\"hunter2")::numeric", "invalid input syntax for type numeric: $1"),
      ]
      for (sql, message) in values {
        let error = try #require(await failure(sql, with: connection))
        #expect(error.message == message)
        #expect(!"\(error)".contains("hunter2"))
      }
    }
  }

  @Test func `that a function raises does not quote a long value`() async throws {
    try await withTestConnection { connection in
      try await connection.script(
        """
        create function refuse(value text) returns int language plpgsql as
        $$ begin raise exception 'no % here', value using errcode = 'FL001'; end $$
        """)
      let error = try #require(await failure("select refuse(\("a long secret"))", with: connection))
      #expect(error.message == "no $1 here")
      #expect(error.sqlState == "FL001")
      // The space before it and its first scalar form one character.
      let accented = try #require(await failure("select refuse(\("\u{301}a long secret"))", with: connection))
      #expect(accented.message == "no $1 here")
    }
  }

  @Test func `has the hint and the position`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (departed_at int)")
      let error = try #require(await failure("select\n  departed_att\nfrom t", with: connection))
      #expect(error.sqlState == "42703")
      #expect(error.hint == "Perhaps you meant to reference the column \"t.departed_at\".")
      #expect(error.position?.line == 2)
      #expect(error.position?.column == 3)
    }
  }

  @Test func `in a script names statement, line and column, and everything is rolled back`() async throws {
    try await withTestConnection { connection in
      let script = "create table t (a int);\n-- ein Kommentar über Größe\nselect 'ü', nowhere from t;\nselect 1"
      let error = await #expect(throws: PostgresError.self) { try await connection.script(script) }
      #expect(error?.statementNumber == 2)
      #expect(error?.position?.line == 3)
      #expect(error?.position?.column == 13)
      let isGone: Bool = try await connection.query("select to_regclass('t') is null")[0].decode(0)
      #expect(isGone)
      let syntax = await #expect(throws: PostgresError.self) { try await connection.script("select 1;\nselct 2;") }
      #expect(syntax?.position?.line == 2)
      #expect(syntax?.position?.column == 1)
    }
  }

  @Test func `counts the rows that a statement affected`() async throws {
    try await withTestConnection { connection in
      var counts: [Int] = []
      for sql: SQL in [
        "create table t (a int)", "insert into t values (1), (2), (3)", "update t set a = 5 where a > 1",
        "delete from t where a = 7", "delete from t returning a",
      ] {
        counts.append(try await connection.execute(sql))
      }
      #expect(counts == [0, 3, 2, 0, 3])
    }
  }
}
