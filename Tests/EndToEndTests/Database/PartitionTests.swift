import FleetModel
import FleetizeSimulator
import Testing

@Suite struct `Monthly partitions` {
  @Test(arguments: [["migrate"], ["run"], Days.backfill(from: 3, to: 3)])
  func `of this month and the next are there before they are needed`(command: [String]) async throws {
    try await withStage([.delivery]) { stage in
      // Whatever made them before.
      for table in ["etl.response", "warehouse.route_point"] {
        for partition in try await partitions(of: table, stage) { try await stage.execute("drop table \(partition)") }
      }
      #expect(try await stage.etl(command).code == 0)
      let next = Days.today.startOfMonth.advanced(by: 31).startOfMonth
      for table in ["etl.response", "warehouse.route_point"] {
        let names = try await partitions(of: table, stage)
        for month in [Days.today, next] {
          let name = "\(table)_\("\(month)".prefix(7).replacing("-", with: "_"))"
          #expect(names.contains(name), "\(command) leaves \(names)")
        }
      }
    }
  }

  private func partitions(of table: String, _ stage: Stage) async throws -> [String] {
    try await stage.texts(
      "select inhrelid::regclass::text as line from pg_inherits where inhparent = '\(table)'::regclass")
  }
}
