import FleetizeSimulator
import Foundation
import TestSupport
import Testing

/// Kills processes at random moments, again and again. `make kills KILLS=500 SEED=1` does so many times.
@Suite(.serialized) struct `Processes killed at random` {
  static let kinds: [VehicleKind] = [.delivery, .longHaul, .nightShift, .neverMoved, .commuter]
  private static let backfill = Days.backfill(from: 21, to: 8)

  /// Which commands work on the account at once.
  enum Crew: String, CaseIterable, Sendable {
    case alone = "a backfill", pair = "two backfills", night = "a backfill and the nightly run"

    var commands: [[String]] {
      switch self {
      case .alone: [backfill]
      case .pair: [backfill, backfill]
      case .night: [backfill, ["run"]]
      }
    }
  }

  @Test(arguments: Crew.allCases) func `and restarted leave the same tables as undisturbed ones`(crew: Crew)
    async throws
  {
    let environment = ProcessInfo.processInfo.environment
    let wanted = environment["FLEETIZE_KILLS"].flatMap { Int($0) }
    let firstSeed = environment["FLEETIZE_KILL_SEED"].flatMap { UInt64($0) } ?? 1
    var undisturbed: Content?
    try await withStage(Self.kinds) { stage in
      for command in crew.commands { try await stage.succeed(command) }
      undisturbed = try await Content(of: stage.databaseURL)
    }
    var tally = KillTally()
    var seed = firstSeed
    // KILLS is divided among the crews. Without it there are at least 8 kills per crew.
    let goal = wanted.map { max(1, $0 / Crew.allCases.count + ($0 % Crew.allCases.count > 0 ? 1 : 0)) } ?? 8
    repeat {
      try await round(crew, seed: seed, undisturbed: #require(undisturbed), most: goal - tally.kills, tally: &tally)
      seed += 1
    } while tally.kills < goal
    if wanted != nil { print("\(crew.rawValue), seeds \(firstSeed) to \(seed - 1): \(tally)") }
  }

  /// One database: kills until the work is done or `most` is reached, then compares.
  private func round(_ crew: Crew, seed: UInt64, undisturbed: Content, most: Int, tally: inout KillTally) async throws {
    let again = "\(crew.rawValue), seed \(seed): make kills KILLS=3 SEED=\(seed)"
    var random = SeededGenerator(seed: seed)
    var kills = 0
    try await withStage(Self.kinds) { stage in
      while kills < most {
        let killed = try await disturb(crew.commands, on: stage, random: &random)
        kills += killed.count { $0 }
        if killed.allSatisfy({ !$0 }) { break }
      }
      try await stage.waitUntilServerKnows()
      for command in crew.commands { try await stage.succeed(command) }

      try await Content(of: stage.databaseURL, like: undisturbed).expectSame(as: undisturbed, again)
      // A kill interrupts at most one call, and only such a call may have been made twice.
      let repeated = stage.askedDays.count - Set(stage.askedDays).count
      let cut = try await stage.rows("select from etl.api_call where outcome = 'unknown'").count
      #expect(repeated <= cut && cut <= kills, "\(repeated) repeated, \(cut) interrupted, \(kills) kills; \(again)")
      #expect(try await stage.rows("select from etl.api_call").count >= stage.calls.count, "\(again)")
      tally.add(kills: kills, cut: cut, repeated: repeated, days: Set(stage.askedDays).count)
    }
    #expect(kills > 0, "nothing was killed; \(again)")
  }

  /// Starts the commands together and kills each of them, some milliseconds after its start or after some call has reached the simulator.
  ///
  /// - Returns: for each, whether it was killed; false if it ended before.
  private func disturb(
    _ commands: [[String]], on stage: Stage, random: inout SeededGenerator
  ) async throws -> [Bool] {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for command in commands {
        let calls = Bool.random(using: &random) ? stage.calls.count + Int.random(in: 0...6, using: &random) : 0
        let delay = Double.random(in: 0...(calls == 0 ? 0.25 : 0.03), using: &random)
        group.addTask {
          let outcome = try await stage.etl(command) { process in
            try await eventually("\(calls) calls, or the end") { stage.calls.count >= calls || !isRunning(process) }
            try await Task.sleep(for: .seconds(delay))
            kill(process, SIGKILL)
          }
          let isKilled = outcome.code == 128 + SIGKILL
          #expect(isKilled || outcome.code == 0, "\(outcome.errors)")
          return isKilled
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}

/// Counts kills and their consequences.
struct KillTally: CustomStringConvertible {
  private(set) var kills = 0
  private var cut = 0
  private var repeated = 0
  private var days = 0
  private var rounds = 0

  mutating func add(kills: Int, cut: Int, repeated: Int, days: Int) {
    self.kills += kills
    self.cut += cut
    self.repeated += repeated
    self.days += days
    rounds += 1
  }

  var description: String {
    "\(kills) kills over \(rounds) databases and \(days) device-days: \(cut) calls interrupted, \(repeated) of them made again"
  }
}
