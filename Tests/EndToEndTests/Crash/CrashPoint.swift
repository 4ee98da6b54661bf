import FleetizeSimulator
import Testing

/// A moment at which the program is killed.
struct CrashPoint: Sendable, CustomTestStringConvertible {
  enum Place: Sendable {
    /// In the conversation with the database.
    case database(Trigger)
    /// When the vendor has this call, the first is 1.
    case request(call: Int)
    /// When the program has half of the answer to this call.
    case body(call: Int)
  }

  let command: CrashedCommand
  let name: String
  let place: Place

  var testDescription: String { "\(command), \(name)" }
}

/// What is killed.
enum CrashedCommand: String, CaseIterable, Sendable {
  case backfill, run, migrate, remake, unblock

  var arguments: [String] {
    switch self {
    case .backfill: Days.backfill(from: 6, to: 5)
    case .run: ["run"]
    case .migrate, .remake: ["migrate"]
    case .unblock: ["unblock", "--confirm"]
    }
  }

  /// Brings a stage to where the command begins.
  func prepare(_ stage: Stage) async throws {
    switch self {
    case .backfill, .migrate: break
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
    }
  }
}
