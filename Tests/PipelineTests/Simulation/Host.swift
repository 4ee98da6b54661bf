import FleetModel
import FleetizeSimulator
import Foundation
import Load
import Logging
import Postgres
import TestSupport

@testable import Pipeline

/// One machine that runs the exporter and sometimes dies in the middle of a run.
actor Host {
  private let stage: Stage
  private let egress: String
  private var random: SeededGenerator
  private var connection: Connection?
  private let progress: any ProgressReporter
  private let waits: Bool

  /// - Parameter waits: whether a backfill waits for calls.
  init(number: Int, of stage: Stage, progress: any ProgressReporter = Silence(), waits: Bool = false) {
    self.stage = stage
    self.progress = progress
    self.waits = waits
    egress = stage.scenario.hostsHaveOwnEgress ? "egress \(number)" : "egress"
    random = SeededGenerator(seed: stage.scenario.seed &* 65_537 &+ UInt64(number))
  }

  /// What kills a run.
  private enum Death {
    /// While this call of the run waits for its response.
    case inFlight(call: Int)
    /// At this write to the database, before it commits.
    case atWrite(Int)
  }

  /// Runs until it is done or stops; a run that dies is restarted some minutes later.
  func run(_ goal: Goal, mayDie: Bool = true) async throws -> SyncResult {
    while true {
      let death = mayDie && Double.random(in: 0..<100, using: &random) < stage.scenario.deathPercent ? draw() : nil
      let result = try await attempt(goal, death)
      guard let failure = result.failure else { return result }
      guard death != nil else { throw failure }
      await connection?.close()
      connection = nil
      try await stage.clock.sleep(until: stage.clock.now + Double.random(in: 1...1800, using: &random))
    }
  }

  private func draw() -> Death {
    Bool.random(using: &random)
      ? .inFlight(call: Int.random(in: 1...8, using: &random)) : .atWrite(Int.random(in: 1...120, using: &random))
  }

  private func attempt(_ goal: Goal, _ death: Death?) async throws -> SyncResult {
    let connection = try await connected()
    let (clock, scenario) = (stage.clock, stage.scenario)
    let limits = AccountLimits(egress: egress, dailyCalls: scenario.quota, requestInterval: scenario.interval)
    let isNightly = if case .nightly = goal { true } else { false }
    let (warehouse, log) = try await connection.run { db in
      let warehouse = try Warehouse.configured(timeZone: "Europe/Berlin", limits: limits, on: db)
      let log = try RunLog(
        account: warehouse.account, command: isNightly ? "run" : "backfill", version: "test", host: "test",
        processID: 1, now: clock.now, on: db)
      return (warehouse, log)
    }
    let sync = try Sync(
      connection: connection, warehouse: warehouse, source: vendor(death, connection), limits: limits, run: log.run,
      settlingDays: scenario.settlingDays, clock: clock.pipelineClock, interruption: Interruption(),
      progress: progress, waits: waits)
    if case .atWrite(let number) = death {
      try await connection.run { db in
        _ = try db.query(
          "select set_config('stage.write', '0', false), set_config('stage.dies_at', \(String(number)), false)")
      }
    }
    let result = await sync.run(goal)
    if result.failure == nil {
      try await connection.run { db in
        _ = try db.query("select set_config('stage.dies_at', '', false)")
        try log.end(result.totals, exitCode: result.exitCode, message: nil, now: clock.now, on: db)
      }
    }
    return result
  }

  private func vendor(_ death: Death?, _ connection: Connection) -> SimulatedVendor {
    let calls = Countdown(from: { if case .inFlight(let call) = death { call } else { 0 } }())
    return SimulatedVendor(
      simulator: stage.simulator, address: egress, clock: stage.clock, record: stage.record,
      outages: stage.apiOutages,
      dies: {
        guard calls.isOver() else { return false }
        await connection.close()
        return true
      })
  }

  private func connected() async throws -> Connection {
    if let connection { return connection }
    let opened = try await Connection.open(stage.database, applicationName: "host", logger: Stage.logger)
    connection = opened
    return opened
  }

  func leave() async {
    await connection?.close()
    connection = nil
  }
}

extension SyncResult {
  /// Ends the run as the program would.
  var exitCode: Int32 { stop != nil ? 75 : failedDays.isEmpty ? 0 : 2 }
}

struct Silence: ProgressReporter {
  func report(_ event: ProgressEvent) {}
}
