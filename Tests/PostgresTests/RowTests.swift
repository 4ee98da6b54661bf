import FoundationEssentials
import Postgres
import TestSupport
import Testing

@Suite struct `A row` {
  @Test func `names the column and type that cannot be read`() async throws {
    try await withTestConnection { connection in
      func expect<Value: PostgresDecodable & Sendable>(
        _ type: Value.Type, from sql: SQL, toFailWith message: String
      ) async throws {
        let rows = try await connection.query(sql)
        let error = #expect(throws: PostgresError.self) { try rows[0].decode("v", as: Value.self) }
        #expect(error?.kind == .decode)
        #expect(error?.message == message)
        #expect(error?.statement == sql.text)
      }
      try await expect(
        Int.self, from: "select 'secret' as v",
        toFailWith: "column \"v\" (text): the value cannot be read as an integer")
      try await expect(
        Int.self, from: "select null::int4 as v", toFailWith: "column \"v\" (int4): NULL where a value is required")
      try await expect(
        Int16.self, from: "select 70000 as v", toFailWith: "column \"v\" (int4): a value does not fit into Int16")
      try await expect(
        Int.self, from: "select 1.5 as v", toFailWith: "column \"v\" (numeric): a value has more than 0 decimals")
      try await expect(
        Date.self, from: "select 'infinity'::timestamptz as v",
        toFailWith: "column \"v\" (timestamptz): infinity is not a Date")
      try await expect(
        Date.self, from: "select '2015-04-08'::timestamp as v",
        toFailWith: "column \"v\" (timestamp): the value cannot be read as a Date")
      try await expect(
        [Int].self, from: "select array[1, null] as v",
        toFailWith: "column \"v\" (int4): NULL where a value is required")
      try await expect(
        Bool.self, from: "select 1 as v", toFailWith: "column \"v\" (int4): the value cannot be read as a Bool")
      try await expect(
        String.self, from: "select 1 as v", toFailWith: "column \"v\" (int4): the value cannot be read as a String")
    }
  }

  @Test func `names its columns if a requested one is missing`() async throws {
    try await withTestConnection { connection in
      let rows = try await connection.query("select 1 as a, 2 as b")
      let error = #expect(throws: PostgresError.self) { try rows[0].decode("c", as: Int.self) }
      #expect(error?.message == "the result has no column \"c\"; its columns are a, b")
      #expect(throws: PostgresError.self) { try rows[0].decode(2, as: Int.self) }
    }
  }

  @Test func `reads NULL as nil`() async throws {
    try await withTestConnection { connection in
      let rows = try await connection.query("select null::int4 as a, 5 as b, null as c")
      #expect(try rows[0].decode("a", as: Int?.self) == nil)
      #expect(try rows[0].decode("b", as: Int?.self) == 5)
      #expect(try rows[0].decode("c", as: String?.self) == nil)
    }
  }

  @Test func `reads text of every kind`() async throws {
    try await withTestConnection { connection in
      try await connection.script("create type mood as enum ('fine')")
      let rows = try await connection.query(
        """
        select 'a'::varchar, 'b'::name, 'c '::char(2), '{"d": 1}'::json, '{"e": 1}'::jsonb, 'fine'::mood, 'f'::"char",
          'g'
        """)
      let texts = try (0..<8).map { try rows[0].decode($0, as: String.self) }
      #expect(texts == ["a", "b", "c ", "{\"d\": 1}", "{\"e\": 1}", "fine", "f", "g"])
    }
  }

  @Test func `reads numeric exactly into a fixed scale`() async throws {
    try await withTestConnection { connection in
      let texts = [
        ("0", 0), ("0.000", 0), ("277843.000", 277_843_000), ("-0.001", -1), ("0.12", 120), ("10000", 10_000_000),
        ("99999999.999", 99_999_999_999), ("-123456789.5", -123_456_789_500), ("0.0010000", 1),
        ("100000000", 100_000_000_000),
        ("9223372036854775.807", Int64.max), ("-9223372036854775.808", Int64.min), ("20000.0400", 20_000_040),
      ]
      for (text, thousandths) in texts {
        let rows = try await connection.query("select \(text)::numeric as v")
        #expect(try rows[0].decode("v", as: Thousandths.self).value == thousandths, "\(text)")
        #expect(try rows[0].decode("v", as: Double.self) == Double(text), "\(text)")
        let sent = try await connection.query(
          "select \(Thousandths(value: thousandths))::numeric = \(text)::numeric as v")
        #expect(try sent[0].decode("v", as: Bool.self), "\(text)")
      }
      for text in ["0.0001", "1e30", "9223372036854775.808", "NaN", "Infinity", "1e-20"] {
        let rows = try await connection.query("select \(text)::numeric as v")
        #expect(throws: PostgresError.self, "\(text)") { try rows[0].decode("v", as: Thousandths.self) }
      }
      let rows = try await connection.query("select 7 as v")
      #expect(try rows[0].decode("v", as: Thousandths.self).value == 7000)
    }
  }

  @Test func `reads numeric into the nearest Double`() async throws {
    try await withTestConnection { connection in
      for text in ["0.1", "-1234567890123.456789", "1e-30", "12345678901234567890123", "1e300", "0.00001"] {
        let rows = try await connection.query("select \(text)::numeric as v")
        #expect(try rows[0].decode("v", as: Double.self) == Double(text), "\(text)")
      }
      let rows = try await connection.query("select 'NaN'::numeric as v, '-Infinity'::numeric as w")
      #expect(try rows[0].decode("v", as: Double.self).isNaN)
      #expect(try rows[0].decode("w", as: Double.self) == -.infinity)
    }
  }

  @Test func `reads days`() async throws {
    try await withTestConnection { connection in
      for (text, number) in [("1970-01-01", 0), ("2000-01-01", 10_957), ("1969-12-31", -1), ("2015-04-08", 16_533)] {
        let rows = try await connection.query("select \(text)::date as v")
        #expect(try rows[0].decode("v", as: Day.self).number == Int32(number))
      }
    }
  }
}

struct Thousandths: PostgresDecodable, PostgresParameter {
  var value: Int64

  init(value: Int64) { self.value = value }

  init(postgres value: PostgresValue) throws { self.value = try value.numeric(scale: 3) }

  var postgresParameter: PostgresParameterValue { .numeric(unscaled: value, scale: 3) }
}

struct Day: PostgresDecodable {
  var number: Int32

  init(postgres value: PostgresValue) throws { number = try value.daysSince1970() }
}
