import FleetModel
import FleetizeSimulator

/// The command that is killed.
enum CrashedCommand: String, CaseIterable, Sendable {
  case backfill, run, migrate, remake, unblock, replay, prune, erase

  var arguments: [String] {
    switch self {
    case .backfill: Days.backfill(from: 6, to: 5)
    case .run: ["run"]
    case .migrate, .remake: ["migrate"]
    case .unblock: ["unblock", "--confirm"]
    case .replay: ["replay"]
    case .prune:
      ["prune", "--points-older-than", "\(Self.horizon)", "--responses-older-than", "\(Self.horizon)", "--confirm"]
    case .erase: ["erase", "--device", "492", "--from", "\(Days.ago(7))", "--to", "\(Days.ago(6))", "--confirm"]
    }
  }

  /// The fourth day of last month: the month before is dropped as a whole, the first three days of last month one by one.
  private static let horizon = Days.today.startOfMonth.previous.startOfMonth.advanced(by: 3)

  /// Prepares a stage for the command.
  func prepare(_ stage: Stage) async throws {
    switch self {
    case .backfill, .migrate: break
    case .run:
      // Fetched days that the list of the killed run closes.
      try await stage.succeed(Days.backfill(from: 5, to: 1))
    case .remake:
      // As if a new version of the program had different views.
      try await stage.execute("update etl.schema_view set sha256 = 'another'")
    case .unblock:
      try await stage.succeed(["status"])
      try await stage.execute(
        "insert into etl.account_block (account_key, blocked_at) select account_key, '2026-01-01' from warehouse.account"
      )
    case .replay:
      try await stage.succeed(Days.backfill(from: 9, to: 5))
      try await stage.execute(
        """
        truncate warehouse.device_version, warehouse.device_reading, warehouse.route, warehouse.route_point,
          warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding
        """)
    case .prune:
      let first = Self.horizon.startOfMonth.advanced(by: -3)
      try await stage.succeed(["backfill", "--from", "\(first)", "--to", "\(Self.horizon.advanced(by: 1))"])
    case .erase:
      // A list after the erased days, and responses for the days around them.
      try await stage.succeed(Days.backfill(from: 9, to: 4))
      try await stage.succeed(["run"])
    }
  }
}
