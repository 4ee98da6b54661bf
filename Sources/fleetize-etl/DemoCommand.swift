import ArgumentParser
import Extract
import FleetModel
import Foundation
import Logbook
import Postgres

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract:
      "Show migrate, backfill and run against a simulated API on this machine. Costs no real call.",
    discussion: """
      Needs DATABASE_URL and a FLEETIZE_API_URL on loopback; `make demo` sets both. It refuses any other API, so that no real call is \
      spent. It can be run again.

      EXAMPLE
        make demo
      """)

  @OptionGroup var shared: SharedOptions

  func run() async throws {
    try await reporting {
      let settings = try Settings(file: shared.config)
      guard ["127.0.0.1", "localhost", "[::1]"].contains(where: { settings.apiURL.hasPrefix("http://\($0):") }) else {
        throw SettingError(
          "the demo needs a simulated API on this machine, but FLEETIZE_API_URL names another address",
          hint: "run `make demo`, which starts the simulator and sets FLEETIZE_API_URL")
      }
    }
    let yesterday = UTCDay(containing: Date()).previous
    let options = shared.config.map { ["--config", $0] } ?? []
    try await step("migrate", options)
    try await step("backfill", ["--from", "\(yesterday.advanced(by: -13))", "--to", "\(yesterday)"] + options)
    try await step("run", options)
    try await step("status", options)
    try await reporting {
      let session = try await Session(shared)
      try await show(
        "The latest trips (bi.logbook)",
        """
        select device_name, departed_local::text as departed, to_char(arrived_local, 'HH24:MI') as arrived,
               distance_km::text as km, (duration_s / 60)::text as min, pause_count::text as pauses, point_count::text as points
        from bi.logbook order by departed_at desc, device_id limit 12
        """, on: session.connection)
      try await show(
        "What is complete (bi.data_coverage)",
        """
        select device_id::text as device, count(*) filter (where state = 'final')::text as final,
               count(*) filter (where state = 'empty')::text as empty,
               count(*) filter (where state not in ('final', 'empty'))::text as open,
               sum(route_count)::text as routes, sum(point_count)::text as points
        from bi.data_coverage group by device_id order by device_id
        """, on: session.connection)
      await session.connection.close()
    }
  }

  private func step(_ command: String, _ arguments: [String]) async throws {
    print("\n$ fleetize-etl \(([command] + arguments).joined(separator: " "))")
    fflush(nil)
    var command = try FleetizeETL.parseAsRoot([command] + arguments)
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
    // Keep stdout and stderr in order where both go into one pipe.
    fflush(nil)
  }

  private func show(_ title: String, _ sql: SQL, on connection: Connection) async throws {
    print("\n\(title)")
    let rows = try await connection.run { db in
      try db.query(sql).map { row in
        try row.columnNames.indices.map { try row.decode($0, as: String?.self) ?? "" }
      }
    }
    let names = try await connection.run { db in try db.query(sql).first?.columnNames ?? [] }
    for line in TextTable([names] + rows).lines { print("  \(line)") }
  }
}
