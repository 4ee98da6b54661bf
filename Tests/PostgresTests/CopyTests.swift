import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct `A COPY` {
  @Test func `stores every type and NULL`() async throws {
    try await withTestConnection { connection in
      try await connection.script(
        """
        create table t (i2 int2, i4 int4, i8 int8, b bool, f float8, s text, y bytea, z timestamptz, d date, n numeric)
        """)
      let moment = Date(timeIntervalSinceReferenceDate: -31_622_400.000001)
      let stored = try await connection.run { connection in
        try connection.copyIn("copy t from stdin (format binary)") { rows in
          try rows.beginRow(columns: 10)
          rows.int16(-2)
          rows.int32(.min)
          rows.int64(.max)
          rows.bool(true)
          rows.double(0.1)
          rows.text("Zürich")
          rows.bytes([0, 255])
          rows.timestamptz(moment)
          rows.date(daysSince1970: 16_533)
          rows.numeric(unscaled: -1_234_567, scale: 3)
          try rows.beginRow(columns: 10)
          rows.int16(nil)
          rows.int32(nil)
          rows.int64(nil)
          rows.bool(nil)
          rows.double(nil)
          rows.text(nil)
          rows.bytes(nil)
          rows.timestamptz(nil)
          rows.date(daysSince1970: nil)
          rows.numeric(unscaled: nil, scale: 3)
          try rows.beginRow(columns: 10)
          for _ in 0..<10 { rows.null() }
        }
      }
      #expect(stored == 3)
      let row = try await connection.query(
        """
        select i2, i4, i8, b, f, s, y, z, d::text as d, n::text as n, (select count(*) from t where t is null) as nulls
        from t where t is not null
        """)[0]
      #expect(try row.decode("i2", as: Int16.self) == -2)
      #expect(try row.decode("i4", as: Int32.self) == .min)
      #expect(try row.decode("i8", as: Int64.self) == .max)
      #expect(try row.decode("b", as: Bool.self))
      #expect(try row.decode("f", as: Double.self) == 0.1)
      #expect(try row.decode("s", as: String.self) == "Zürich")
      #expect(try row.decode("y", as: [UInt8].self) == [0, 255])
      #expect(try row.decode("z", as: Date.self) == moment)
      #expect(try row.decode("d", as: String.self) == "2015-04-08")
      #expect(try row.decode("n", as: String.self) == "-1234.567")
      #expect(try row.decode("nulls", as: Int.self) == 2)
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

  @Test func `that stored fewer rows than were sent is undone`() async throws {
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
      #expect(error?.message == "5 rows were sent and 3 stored")
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

  @Test func `refuses rows of the wrong width and text with NUL`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a int, b text)")
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
      let nul = try await refusal { rows in
        try rows.beginRow(columns: 2)
        rows.null()
        rows.null()
        try rows.beginRow(columns: 2)
        rows.int32(1)
        rows.text("a\0b")
      }
      #expect(nul == "row 2 of the COPY: text with a NUL character cannot be stored")
      #expect(try await rowCount(connection) == 0)
    }
  }

  @Test(arguments: ["copy t from stdin", "copy t to stdout", "select 1", "copy nowhere from stdin (format binary)"])
  func `has to be a binary one from the client`(sql: String) async throws {
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
      let streamed = await #expect(throws: PostgresError.self) {
        try await connection.run { connection in try connection.stream(SQL(unescaped: sql)) { _ in } }
      }
      #expect(streamed?.kind == .usage)
      #expect(try await rowCount(connection) == 10_000)
    }
  }

  @Test func `takes fields larger than its buffer and no rows at all`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create table t (a text)")
      let large = String(repeating: "x", count: 5_000_000)
      try await connection.run { connection in
        try connection.copyIn("copy t from stdin (format binary)") { rows in
          for _ in 0..<3 {
            try rows.beginRow(columns: 1)
            rows.text(large)
          }
        }
        #expect(try connection.copyIn("copy t from stdin (format binary)") { _ in } == 0)
      }
      let rows = try await connection.query("select sum(length(a)) as n from t")
      #expect(try rows[0].decode("n", as: Int.self) == 15_000_000)
    }
  }
}
