import FleetModel
import FleetizeSimulator
import Foundation
import Postgres
import TestSupport

/// A database, a simulated vendor that listens, and the environment that leads the real program to both.
struct Stage: Sendable {
  /// The token that the simulated vendor knows.
  static let token = "stage-token-0123456789"
  /// The token of another account, which has the same vehicles.
  static let otherToken = "other-token-0123456789"

  let databaseURL: String
  let simulator: Simulator
  var environment: [String: String]

  /// Runs `fleetize-etl`.
  ///
  /// - Parameter changes: to the environment; nil removes a variable.
  func etl(
    _ arguments: [String], with changes: [String: String?] = [:],
    meanwhile: @Sendable (pid_t) async throws -> Void = { _ in }
  ) async throws -> Program.Outcome {
    var environment = environment
    for (name, value) in changes { environment[name] = value }
    return try await Program.run("fleetize-etl", arguments, environment, meanwhile: meanwhile)
  }

  /// Runs a command that has to end well.
  func succeed(_ command: [String]) async throws {
    let outcome = try await etl(command)
    guard outcome.code == 0 else { throw StageFailure(text: "\(command) ended with \(outcome)") }
  }

  /// Waits until the server has noticed that the program is gone.
  func waitUntilServerKnows() async throws {
    try await eventually("the server has noticed") {
      try await rows(
        "select from pg_stat_activity where datname = current_database() and application_name = 'fleetize-etl'"
      ).isEmpty
    }
  }

  /// Every call that reached the vendor.
  var calls: [LoggedCall] { simulator.log.calls }

  /// The device-days that were asked of the vendor, each as often as it was.
  var askedDays: [DeviceDayID] {
    calls.compactMap { call in
      guard let device = call.device, let day = call.day else { return nil }
      return DeviceDayID(device: device, day: day)
    }
  }

  /// The rows of a query, each as PostgreSQL writes it.
  func rows(_ table: String) async throws -> [String] {
    try await texts("select t::text as line from (\(table)) as t order by 1")
  }

  /// The rows of a table without `finding_key` and `changed_at`, which are outside of the function of the archive.
  func content(of table: String) async throws -> [String] {
    try await texts(
      "select (to_jsonb(t) - '{finding_key,changed_at}'::text[])::text as line from \(table) as t order by 1")
  }

  /// The column `line` of a query, in its order.
  func texts(_ query: String) async throws -> [String] {
    try await withTestConnection(databaseURL) { try await $0.lines(query) }
  }

  /// Runs statements.
  func execute(_ script: String) async throws {
    try await withTestConnection(databaseURL) { try await $0.script(script) }
  }

  /// What customers see of days, routes, points and pauses, without the response and its moments.
  func tables() async throws -> [String: [String]] {
    func facts(_ view: String) async throws -> [String] {
      try await texts(
        "select (to_jsonb(t) - array['response_key', 'requested_at', 'changed_at'])::text as line from \(view) as t order by 1"
      )
    }
    return [
      "logbook": try await facts("bi.logbook"), "route_point": try await facts("bi.route_point"),
      "route_pause": try await facts("bi.route_pause"),
      "data_coverage": try await rows(
        "select account, device_id, day, state, route_count, point_count from bi.data_coverage"),
    ]
  }
}

/// Runs `body` with a database of its own and a simulated vendor of its own.
///
/// The vendor's clock stops at ``Days/vendorTime``; its limits count real seconds. Whatever day
/// it is, the vehicles have behind them what they had on Monday, 2026-11-23.
///
/// - Parameters:
///   - isMigrated: whether the database has the schema.
///   - interval: seconds between calls.
///   - database: an empty database that is there already, on another server than that of all tests.
///   - configure: changes what the vendor does besides.
func withStage(
  _ kinds: [VehicleKind] = [.commuter, .delivery], limits: Simulator.Limits = .unlimited,
  interval: Double = 0, isMigrated: Bool = true, database: String? = nil,
  outages: @escaping @Sendable (DeviceID) -> [Outage] = { _ in [] },
  fault: @escaping @Sendable (Simulator.Call) -> Simulator.Fault? = { _ in nil },
  configure: (inout Simulator.Configuration) -> Void = { _ in },
  _ body: (Stage) async throws -> Void
) async throws {
  let fleet = GeneratedFleet(
    seed: 7, kinds: kinds, calendarShift: Days.sinceMonday, pointInterval: 60, outages: outages)
  var configuration = Simulator.Configuration(
    accounts: [
      .init(fleet: fleet, token: Stage.token), .init(name: "other", fleet: fleet, token: Stage.otherToken),
    ], limits: limits, fault: fault)
  configure(&configuration)
  let simulator = Simulator(configuration)
  func run(_ url: String) async throws {
    try await withServer(simulator, clock: .fixed(Days.vendorTime)) { port in
      let stage = Stage(
        databaseURL: url, simulator: simulator,
        environment: [
          "DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2", "FLEETIZE_API_TOKEN": Stage.token,
          "FLEETIZE_REQUEST_INTERVAL": "\(interval)", "FLEETIZE_DAILY_CALLS": "10000",
        ])
      if isMigrated {
        // The template of the tests has no account.
        if database == nil {
          try await stage.execute("insert into warehouse.account (name) values ('default')")
        } else {
          try await stage.succeed(["migrate"])
        }
      }
      try await body(stage)
    }
  }
  if let database { return try await run(database) }
  try await (isMigrated ? withMigratedTestDatabase : withTestDatabase)(#isolation) { try await run($0) }
}

/// Days before today, which all have ended.
enum Days {
  static let today = UTCDay(containing: Date())

  /// When the simulated vendor's clock stops: at 01:00 UTC of today, when the generated vehicles rest, or now if that is earlier. What a vehicle
  /// tells of the future proves nothing.
  static let vendorTime = min(today.start + 3_600, Date())

  /// Days since 2026-11-23, a Monday: what a generated fleet is shifted by, so that its last weeks are the same whenever tests run.
  static let sinceMonday = Int(today.number) - 20_780

  static func ago(_ count: Int) -> UTCDay { today.advanced(by: -count) }

  /// The command that fetches the days from so many days ago to so many days ago.
  static func backfill(from: Int, to: Int, _ more: String...) -> [String] {
    ["backfill", "--from", "\(ago(from))", "--to", "\(ago(to))"] + more
  }
}

struct StageFailure: Error {
  var text: String
}

/// Waits until `condition` holds; throws with `what` when it does not within a generous time.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
  let seconds = 120.0
  let end = Date() + seconds
  while try await !condition() {
    guard Date() < end else { throw StageFailure(text: "not within \(seconds) s: \(what)") }
    try await Task.sleep(for: .milliseconds(2))
  }
}
