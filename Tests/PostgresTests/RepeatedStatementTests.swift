import Postgres
import TestSupport
import Testing

@Suite struct `A repeated statement` {
  private static let prepared: SQL =
    "select count(*)::int4 as count from pg_prepared_statements where name like 'repeated%'"

  @Test func `is prepared from its sixth repetition on, and means the same`() async throws {
    try await withTestConnection { connection in
      try await connection.prepareRepeatedStatements()
      for number in 1...8 {
        let value: Int? = number == 7 ? nil : number
        let row = try await connection.query("select \(value)::int8 * 2 as v, \("text \(number)")::text as t")[0]
        #expect(try row.decode("v", as: Int?.self) == value.map { $0 * 2 })
        #expect(try row.decode("t") == "text \(number)")
        let count: Int = try await connection.query(Self.prepared)[0].decode("count")
        // This query is one of them from its sixth repetition on.
        #expect(count == (number < 6 ? 0 : 2), "after \(number)")
      }
    }
  }

  @Test func `has the same errors, and goes on after one`() async throws {
    try await withTestConnection { connection in
      try await connection.prepareRepeatedStatements()
      for number in 1...8 {
        let error = await #expect(throws: PostgresError.self) {
          try await connection.query("select 1 / \(number - number)::int8 as v")
        }
        #expect(error?.sqlState == "22012" && error?.statement == "select 1 / $1::int8 as v")
        let unknown = await #expect(throws: PostgresError.self) { try await connection.query("select nothing") }
        #expect(unknown?.sqlState == "42703" && unknown?.position?.column == 8)
      }
    }
  }

  @Test func `is not prepared in a session that a pooler may share`() async throws {
    try await withTestConnection { connection in
      for number in 1...8 { _ = try await connection.query("select \(number)::int8 as v") }
      #expect(try await connection.query(Self.prepared)[0].decode("count") == 0)
    }
  }
}
