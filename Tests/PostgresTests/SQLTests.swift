import Postgres
import Testing

@Suite struct `An SQL text` {
  @Test func `has numbers in place of values`() {
    let sql: SQL = "select \(1), \("a'b") where \(true)"
    #expect(sql.text == "select $1, $2 where $3")
    #expect(sql.parameters == [.text("1"), .text("a'b"), .text("true")])
  }

  @Test func `renumbers the parameters of a part`() {
    let part: SQL = "day = \(7) and route_no = \(8)"
    let sql: SQL = "select \(1) where \(part) or \(9)"
    #expect(sql.text == "select $1 where day = $2 and route_no = $3 or $4")
    #expect(sql.parameters == [.text("1"), .text("7"), .text("8"), .text("9")])
    #expect((part + " limit \(3)").text == "day = $1 and route_no = $2 limit $3")
  }

  @Test func `quotes identifiers and inserts unescaped text as it is`() {
    let sql: SQL = "select * from \(identifier: "od\"\u{301}d") \(unescaped: "limit 1")"
    #expect(sql.text == "select * from \"od\"\"\u{301}d\" limit 1")
    #expect(sql.parameters.isEmpty)
  }

  @Test func `is printed without its values`() {
    let sql: SQL = "select \("hunter2")"
    #expect("\(sql)" == "select $1")
    #expect(String(reflecting: sql) == "select $1")
  }

  @Test func `passes an array as one parameter`() {
    let texts: [String?] = ["a", "b\"\\{},", nil]
    let sql: SQL = "\(texts) \([1, 2]) \([UInt8](arrayLiteral: 1, 2)) \([Int]()) \(Int?.none)"
    #expect(
      sql.parameters == [
        .text(#"{"a","b\"\\{},",NULL}"#), .text(#"{"1","2"}"#), .binary([1, 2], as: .bytea), .text("{}"), .null,
      ])
  }

  @Test(arguments: [
    (1234, 3, "1.234"), (-1234, 3, "-1.234"), (5, 3, "0.005"), (-5, 3, "-0.005"), (0, 3, "0.000"), (7, 0, "7"),
    (Int64.min, 3, "-9223372036854775.808"), (7, -2, "700"),
  ])
  func `writes numbers of fixed scale`(unscaled: Int64, scale: Int, text: String) {
    #expect(PostgresParameterValue.numeric(unscaled: unscaled, scale: scale) == .text(text))
  }
}
