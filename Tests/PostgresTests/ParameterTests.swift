import FoundationEssentials
import Postgres
import TestSupport
import Testing

extension Connection {
  /// Sends the values as `type` and reads them back.
  fileprivate func check<Value: PostgresParameter & PostgresDecodable & Equatable>(
    _ values: Value..., type: String
  ) throws {
    for value in values {
      let row = try query("select \(value)::\(unescaped: type) as v")[0]
      #expect(try row.decode("v", as: Value.self) == value)
      #expect(try row.decode(0) == value)
    }
  }
}

@Suite struct `A parameter` {
  @Test func `comes back unchanged, whatever its type`() async throws {
    try await withTestConnection { connection in
      try await connection.run { connection in
        try connection.check(true, false, type: "bool")
        try connection.check(Int16.min, -1, 0, .max, type: "int2")
        try connection.check(Int32.min, -1, 0, .max, type: "int4")
        try connection.check(Int64.min, -1, 0, .max, type: "int8")
        try connection.check(Int.min, -1, 0, .max, type: "int8")
        try connection.check(0.1, -1e-300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, type: "float8")
        try connection.check("", "a'b\"\\", "Zürich 🚚", "$1", String(repeating: "x", count: 300_000), type: "text")
        try connection.check([], [0, 255, 39, 92], [UInt8](repeating: 0, count: 3_000_000), type: "bytea")
        try connection.check([Int32.min, 0, .max], [], type: "int4[]")
        try connection.check([Int64.min, 0, .max], type: "int8[]")
        try connection.check(["", "NULL", "a,\"b\"\\{}"], type: "text[]")
        try connection.check([1, nil, 3] as [Int?], type: "int8[]")
        try connection.check(["a", nil] as [String?], type: "text[]")
        try connection.check([true, false], type: "bool[]")
        try connection.check(Int?.none, 5, type: "int8")
        try connection.check([Date(timeIntervalSinceReferenceDate: 0.25)], type: "timestamptz[]")
        try connection.check([[1, 2], []] as [[UInt8]], type: "bytea[]")
      }
    }
  }

  @Test(arguments: [
    (0, 0), (951_782_400, 1), (951_782_399, 999_999), (946_684_800, 0), (946_684_799, 999_999), (-1, 1),
    (1_447_000_000, 123_457), (-62_135_596_800, 0), (4_102_444_799, 999_999), (1_700_000_000, 333_333),
  ])
  func `of time is exact to the microsecond`(seconds: Int, microseconds: Int) async throws {
    let sinceReference = (seconds - 978_307_200) * 1_000_000 + microseconds
    let date = Date(timeIntervalSinceReferenceDate: Double(sinceReference) / 1e6)
    try await withTestConnection { connection in
      let rows = try await connection.query(
        """
        select \(date) as returned,
          to_timestamp(\(seconds)::int8) + \(microseconds)::int4 * interval '1 microsecond' = \(date) as is_equal
        """)
      #expect(try rows[0].decode("returned") == date)
      #expect(try rows[0].decode("is_equal", as: Bool.self))
    }
  }

  @Test func `is never part of the statement`() async throws {
    try await withTestConnection { connection in
      let evil = "'; drop table t; --"
      try await connection.execute("create table t (name text)")
      #expect(try await connection.execute("insert into t values (\(evil))") == 1)
      let rows = try await connection.query("select name from t")
      #expect(try rows.map { try $0.decode("name", as: String.self) } == [evil])
    }
  }

  @Test func `with a NUL character is refused before it is sent`() async throws {
    try await withTestConnection { connection in
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query("select \(1)::int4, \("a\0b")::text")
      }
      #expect(error?.kind == .usage)
      #expect(error?.message == "parameter $2: text with a NUL character cannot be stored")
      try await connection.execute("select 1")
    }
  }

  @Test func `of infinite time is refused`() async throws {
    try await withTestConnection { connection in
      for date in [Date.distantFuture, .distantPast] { try await connection.execute("select \(date)") }
      for date in [Date(timeIntervalSince1970: .infinity), Date(timeIntervalSince1970: .nan)] {
        let error = await #expect(throws: PostgresError.self) { try await connection.query("select \(date)") }
        #expect(error?.kind == .usage)
      }
    }
  }
}
