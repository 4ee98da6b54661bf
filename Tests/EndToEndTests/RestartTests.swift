import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// Runs that are repeated, or killed and started again.
@Suite struct `A backfill` {
  private static let kinds: [VehicleKind] = [.delivery, .longHaul, .nightShift, .neverMoved, .commuter]
  private static let command = Days.backfill(from: 21, to: 8)

  @Test func `run twice makes no further call and changes nothing`() async throws {
    try await withStage(Self.kinds) { stage in
      let first = try await stage.etl(Self.command)
      #expect(first.code == 0, "\(first.errors)")
      let (calls, tables) = (stage.calls.count, try await stage.tables())
      let again = try await stage.etl(Self.command)
      #expect(again.code == 0)
      #expect(stage.calls.count == calls)
      #expect(try await stage.tables() == tables)
      #expect(Set(stage.askedDays).count == stage.askedDays.count)
    }
  }

  /// Kills fall anywhere: some milliseconds after some call has reached the vendor.
  @Test(arguments: [UInt64(1), 2]) func `killed again and again leaves the tables of an undisturbed one`(
    seed: UInt64
  ) async throws {
    let undisturbed = try await undisturbedTables()
    var random = SeededGenerator(state: seed)
    try await withStage(Self.kinds) { stage in
      var kills = 0
      while kills < 20 {
        let calls = stage.calls.count + Int.random(in: 0...4, using: &random)
        let delay = Double.random(in: 0...0.03, using: &random)
        let outcome = try await stage.etl(Self.command) { process in
          try await eventually("\(calls) calls, or the end") { stage.calls.count >= calls || !isRunning(process) }
          try await Task.sleep(for: .seconds(delay))
          kill(process, SIGKILL)
        }
        guard outcome.code == 128 + SIGKILL else { break }
        kills += 1
      }
      #expect(kills >= 15, "the backfill was done before it was killed often")
      let last = try await stage.etl(Self.command)
      #expect(last.code == 0, "\(last.errors)")

      for (table, rows) in try await stage.tables() {
        #expect(rows == undisturbed[table], "\(table) differs, seed \(seed)")
      }
      // Only a call that was cut off may have been repeated, and a kill cuts off one at most.
      let lists = stage.calls.count { $0.action == .deviceList }
      let repeated = stage.askedDays.count - Set(stage.askedDays).count + lists - 1
      let cut = try await stage.rows("select from etl.api_call where outcome = 'unknown'").count
      #expect(repeated <= cut && cut <= kills, "\(repeated) repeated, \(cut) cut off, \(kills) kills, seed \(seed)")
      // The ledger knew of each call before it left.
      #expect(try await stage.rows("select from etl.api_call").count >= stage.calls.count)
    }
  }

  private func undisturbedTables() async throws -> [String: [String]] {
    var tables: [String: [String]] = [:]
    try await withStage(Self.kinds) { stage in
      #expect(try await stage.etl(Self.command).code == 0)
      tables = try await stage.tables()
    }
    #expect(tables["logbook"]?.isEmpty == false && tables["route_pause"]?.isEmpty == false)
    return tables
  }
}

/// Whether the process lives; a zombie does not.
func isRunning(_ process: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
  return status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first != "Z"
}

/// SplitMix64: a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
