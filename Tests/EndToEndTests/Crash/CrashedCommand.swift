import FleetModel
import FleetizeSimulator

/// What is killed.
enum CrashedCommand: String, CaseIterable, Sendable {
  case backfill, grouped, run, migrate, remake, unblock, replay, prune, erase

  var arguments: [String] {
    switch self {
    case .backfill: Days.backfill(from: 6, to: 5)
    case .grouped: Days.backfill(from: 28, to: 5)
    case .run: ["run"]
    case .migrate, .remake: ["migrate"]
    case .unblock: ["unblock", "--confirm"]
    case .replay: ["replay"]
    case .prune:
      ["prune", "--points-older-than", "\(Self.horizon)", "--responses-older-than", "\(Self.horizon)", "--confirm"]
    case .erase: ["erase", "--device", "492", "--from", "\(Days.ago(7))", "--to", "\(Days.ago(6))", "--confirm"]
    }
  }

  /// Seconds between calls. Without any a backfill loads device-days in groups; with a few each is loaded before the next call, as at night.
  var interval: Double { self == .grouped ? 0 : CrashScene.interval }

  /// The fourth of last month: the month before goes as a whole, the first days of this one by themselves.
  private static let horizon = Days.today.startOfMonth.previous.startOfMonth.advanced(by: 3)

  /// Brings a stage to where the command begins.
  func prepare(_ stage: Stage) async throws {
    switch self {
    case .backfill, .grouped, .migrate: break
    case .run:
      // The first run follows the devices; the one that is killed has days to close.
      try await stage.succeed(Days.backfill(from: 5, to: 1))
    case .remake:
      // As if a new version of the program had other views.
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
      // A list after the erased days, and responses for days around them.
      try await stage.succeed(Days.backfill(from: 9, to: 4))
      try await stage.succeed(["run"])
    }
  }
}
