import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

/// The tables are a function of the archive, whatever two real processes do to them at the same time.
@Suite struct `Two processes at once` {
  /// All tables but those that say what was done when.
  private static let tables = """
    select format('%I.%I', nspname, relname) as line from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname in ('warehouse', 'etl') and relkind in ('r', 'p') and not relispartition and relname <> 'run'
    order by 1
    """

  /// Each replays every day, any number of times and in its own order; some are killed and start again. Nothing is
  /// replayed as a whole in the end.
  @Test(arguments: 0..<6)
  func `that replay in any order, again and interrupted, make the same tables, of a route in two responses one`(
    seed: UInt64
  ) async throws {
    let fleet = MidnightFleet()
    try await withStage([.delivery, .nightShift], fault: { fleet.response(to: $0) }) { stage in
      try await stage.succeed(MidnightFleet.backfill)
      try await stage.succeed(MidnightFleet.backfill + ["--refetch"])
      let loaded = try await content(of: stage)
      #expect(loaded.count > 15)
      #expect(try await routes(stage) == MidnightFleet.routes)
      for rule in ["route_version_superseded", "day_changed"] {
        #expect(loaded["etl.finding"]?.contains { $0.contains(rule) } == true, "no finding \(rule)")
      }

      try await stage.execute(
        """
        truncate warehouse.device_version, warehouse.device_reading, warehouse.route, warehouse.route_point,
          warehouse.route_pause, etl.response_day, etl.checkpoint, etl.finding;
        update warehouse.device set name = null, imei = null, device_type = null, attributes_answered_at = null
        """)
      var generator = SeededGenerator(seed: seed)
      let lanes = (0..<2).map { _ in Self.commands(&generator) }
      let killed = try await withThrowingTaskGroup(of: Int.self) { group in
        for lane in lanes { group.addTask { try await replay(lane, on: stage) } }
        return try await group.reduce(0, +)
      }
      #expect(killed > 0, "nothing was interrupted")
      try await stage.waitUntilServerKnows()

      #expect(try await routes(stage) == MidnightFleet.routes, "seed \(seed)")
      let after = try await content(of: stage)
      for table in loaded.keys.sorted() {
        let (extra, missing) = (
          Set(after[table] ?? []).subtracting(loaded[table] ?? []),
          Set(loaded[table] ?? []).subtracting(after[table] ?? [])
        )
        #expect(after[table] == loaded[table], "seed \(seed), \(table): too many \(extra), missing \(missing)")
      }
      let check = try await stage.etl(["replay", "--check"])
      #expect(check.code == 0, "seed \(seed): \(check.output) \(check.errors)")
    }
  }

  private struct Step {
    var command: [String]
    /// When it is killed; nil to let it end.
    var killedAfter: Duration?
  }

  /// Every day once at least, today for the lists, in random order; some of one device alone, some of several days, some killed and
  /// started again later.
  private static func commands(_ generator: inout SeededGenerator) -> [Step] {
    var steps = (MidnightFleet.days + [Days.today]).map { day in
      let last = Bool.random(using: &generator) ? day : min(day.advanced(by: 2), Days.today)
      return Step(command: ["replay", "--from", "\(day)", "--to", "\(last)"])
    }
    for step in steps {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: steps.append(Step(command: step.command + ["--device", "492"]))
      case 1: steps.append(Step(command: step.command + ["--rewrite"]))
      case 2, 3:
        let wait = Duration.milliseconds(Int.random(in: 15..<120, using: &generator))
        steps.append(Step(command: step.command, killedAfter: wait))
      default: break
      }
    }
    let whole = Duration.milliseconds(Int.random(in: 40..<120, using: &generator))
    return [Step(command: ["replay"], killedAfter: whole)] + steps.shuffled(using: &generator)
  }

  /// - Returns: how many were killed before they had ended.
  private func replay(_ steps: [Step], on stage: Stage) async throws -> Int {
    var killed = 0
    for step in steps {
      let outcome = try await stage.etl(step.command) { process in
        guard let killedAfter = step.killedAfter else { return }
        try await Task.sleep(for: killedAfter)
        kill(process, SIGKILL)
      }
      if step.killedAfter == nil {
        #expect(outcome.code == 0, "\(step.command): \(outcome.errors)")
      } else if outcome.code == 128 + SIGKILL {
        killed += 1
      }
    }
    return killed
  }

  private func content(of stage: Stage) async throws -> [String: [String]] {
    var content: [String: [String]] = [:]
    for table in try await stage.texts(Self.tables) { content[table] = try await stage.content(of: table) }
    return content
  }

  private func routes(_ stage: Stage) async throws -> [String] {
    try await stage.rows(
      """
      select extract(epoch from departed_at)::bigint, extract(epoch from arrived_at)::bigint, count(*)
      from warehouse.route join warehouse.route_point using (device_key, day, route_no)
      where device_key = (select device_key from warehouse.device where device_id = 492)
      group by departed_at, arrived_at
      """
    ).sorted()
  }
}
