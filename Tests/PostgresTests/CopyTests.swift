import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct `A COPY` {
  @Test func `stores every type and NULL`() async throws {
    try await withTestConnection { connection in
      try await connection.script(
        """
        create table t (i2 int2, i4 int4, b bool, z timestamptz, d date, n numeric)
        """)
      let moment = Date(timeIntervalSinceReferenceDate: -31_622_400.000001)
      let stored = try await connection.run { connection in
        try connection.copyIn("copy t from stdin (format binary)") { rows in
          try rows.beginRow(columns: 6)
          rows.int16(-2)
          rows.int32(.min)
          rows.bool(true)
          rows.timestamptz(moment)
          rows.date(daysSince1970: 16_533)
          rows.numeric(unscaled: -1_234_567, scale: 3)
          try rows.beginRow(columns: 6)
          rows.null()
          rows.int32(nil)
          rows.bool(nil)
          rows.timestamptz(nil)
          rows.null()
          rows.null()
        }
      }
      #expect(stored == 2)
      let row = try await connection.query(
        """
        select i2, i4, b, z, d::text as d, n::text as n, (select count(*) from t where t is null) as nulls
        from t where t is not null
        """)[0]
      #expect(try row.decode("i2", as: Int16.self) == -2)
      #expect(try row.decode("i4", as: Int32.self) == .min)
      #expect(try row.decode("b", as: Bool.self))
      #expect(try row.decode("z", as: Date.self) == moment)
      #expect(try row.decode("d", as: String.self) == "2015-04-08")
      #expect(try row.decode("n", as: String.self) == "-1234.567")
      #expect(try row.decode("nulls", as: Int.self) == 1)
    }
  }

  @Test func `writes numbers as the server does`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (no int4, n numeric)")
      var cases: [(Int64, Int)] = []
      for scale in 0...16 {
        for unscaled: Int64 in [0, 1, -1, 9, 10_000, 99_999, 100_000_000, 120_034, .max, .min, 1_000_000_000_000_000] {
          cases.append((unscaled, scale))
        }
      }
      let sent = cases
      try await connection.run { connection in
        try connection.copyIn("copy t from stdin (format binary)") { rows in
          for (index, item) in sent.enumerated() {
            try rows.beginRow(columns: 2)
            rows.int32(Int32(index))
            rows.numeric(unscaled: item.0, scale: item.1)
          }
        }
      }
      let rows = try await connection.query(
        "select n::text as n, numeric_send(n) = numeric_send(n::text::numeric) as same from t order by no")
      for (row, item) in zip(rows, sent) {
        #expect(try PostgresParameterValue.text(row.decode("n")) == .numeric(unscaled: item.0, scale: item.1))
        #expect(try row.decode("same", as: Bool.self), "\(item)")
      }
      #expect(rows.count == sent.count)
    }
  }

  @Test func `whose body throws stores nothing`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      await #expect(throws: Abandoned.self) {
        try await connection.run { connection in
          try connection.copyIn("copy t from stdin (format binary)") { rows in
            for number in 0..<50_000 {
              try rows.beginRow(columns: 1)
              rows.int32(Int32(number))
            }
            throw Abandoned()
          }
        }
      }
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `that stored fewer rows than were sent is rolled back`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.copyIn("copy t from stdin (format binary) where a > 1") { rows in
            for number: Int32 in 0..<5 {
              try rows.beginRow(columns: 1)
              rows.int32(number)
            }
          }
        }
      }
      #expect(error?.kind == .copyMismatch)
      #expect(error?.message == "5 rows were sent, but 3 were stored")
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `names the row that the server refused`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int check (a <> 3))")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.copyIn("copy t from stdin (format binary)") { rows in
            for number: Int32 in 1...100_000 {
              try rows.beginRow(columns: 1)
              rows.int32(number)
            }
          }
        }
      }
      #expect(error?.constraint == "t_a_check")
      #expect(error?.copyRow == 3)
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test func `refuses rows of the wrong width and values that cannot be stored`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int, b numeric)")
      func refusal(_ body: @escaping @Sendable (inout CopyWriter) throws -> Void) async throws -> String? {
        await #expect(throws: PostgresError.self) {
          try await connection.run { try $0.copyIn("copy t from stdin (format binary)", body) }
        }?.message
      }
      let short = try await refusal { rows in
        try rows.beginRow(columns: 2)
        rows.int32(1)
      }
      #expect(short == "row 1 of the COPY has 1 columns too few")
      let long = try await refusal { rows in
        try rows.beginRow(columns: 2)
        for _ in 0..<3 { rows.null() }
        try rows.beginRow(columns: 2)
      }
      #expect(long == "row 1 of the COPY has 1 columns too many")
      // More than fits into the buffer.
      let longer = try await refusal { rows in
        try rows.beginRow(columns: 2)
        for _ in 0..<50_000 { rows.null() }
      }
      #expect(longer == "row 1 of the COPY has 49998 columns too many")
      let unstorable = try await refusal { rows in
        try rows.beginRow(columns: 2)
        rows.null()
        rows.null()
        try rows.beginRow(columns: 2)
        rows.int32(1)
        rows.numeric(unscaled: 1, scale: 17)
      }
      #expect(unstorable == "row 2 of the COPY: a numeric has scale 17; 0 to 16 is supported")
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test(arguments: ["copy t from stdin", "copy t to stdout", "select 1", "copy nowhere from stdin (format binary)"])
  func `must be binary and from stdin`(sql: String) async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      await #expect(throws: PostgresError.self) { try await connection.run { try $0.copyIn(sql) { _ in } } }
      try await connection.execute("select 1")
    }
  }

  @Test(arguments: ["copy t from stdin", "copy t to stdout"])
  func `sent as a plain statement leaves the connection usable`(sql: String) async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t as select * from generate_series(1, 10000)")
      let queried = await #expect(throws: PostgresError.self) { try await connection.query(SQL(unescaped: sql)) }
      #expect(queried?.kind == .usage)
      await #expect(throws: PostgresError.self) { try await connection.script(sql) }
      #expect(try await rowCount(connection) == 10_000)
    }
  }

  @Test func `stores nothing without rows`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      let stored = try await connection.run { connection in
        try connection.copyIn("copy t from stdin (format binary)") { _ in }
      }
      #expect(stored == 0)
    }
  }

  @Test func `allows no other statement until it ends`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int)")
      let error = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in
          try connection.copyIn("copy t from stdin (format binary)") { _ in try connection.execute("select 1") }
        }
      }
      #expect(error?.message == "the connection is in the middle of a COPY")
      try await connection.execute("select 1")
    }
  }
}
