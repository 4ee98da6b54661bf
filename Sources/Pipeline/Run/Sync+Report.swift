import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres

extension Sync {
  /// Records and reports what came of a call.
  ///
  /// - Throws: the ``StopReason`` if the verdict is to stop.
  func report(
    _ outcome: Agenda.Outcome, of call: PlannedCall, _ verdict: Agenda.Verdict, result: inout SyncResult
  ) async throws {
    switch outcome {
    case .notNeeded: progress.report(.notNeeded(call))
    case .answered(nil): break
    case .answered(let rebuilt?):
      let isUnchanged = !rebuilt.writtenDays.contains(call.day)
      if isUnchanged { result.totals.unchanged += 1 } else { result.totals.loaded += 1 }
      progress.report(
        .loaded(
          call, routes: rebuilt.routeCount, points: rebuilt.pointCount, isUnchanged: isUnchanged, state: rebuilt.state,
          callsLeft: caller.callsLeft.value))
    case .failed(let fault, _):
      try await report(fault, of: call, verdict, result: &result)
    }
  }

  private func report(
    _ fault: Fault, of call: PlannedCall, _ verdict: Agenda.Verdict, result: inout SyncResult
  ) async throws {
    switch verdict {
    case .goOn: break
    case .tryAgainLater: progress.report(.failed(call, fault, isLastAttempt: false))
    case .giveUp:
      progress.report(.failed(call, fault, isLastAttempt: true))
      try await noteFailure(call, fault)
      result.totals.failed += 1
      result.failedDays.append(FailedDay(call: call, fault: fault))
    case .stop(let reason, let failed):
      if failed.contains(call) { progress.report(.failed(call, fault, isLastAttempt: true)) }
      for day in failed { try await noteFailure(day, fault) }
      throw reason
    }
  }

  /// Stores that a device-day failed, and when nightly runs may try it again.
  private func noteFailure(_ call: PlannedCall, _ fault: Fault) async throws {
    try await connection.run { [warehouse, clock] db in
      let now = clock.now()
      let device = try warehouse.devices.key(of: call.device, on: db)
      let attempts = try warehouse.failures.attempts(for: call.day, of: device, on: db) + 1
      try warehouse.failures.note(
        call.day, of: device, attempts: attempts, reason: fault.description, now: now,
        retryAt: now.addingTimeInterval(RetryDelay.afterFailedDay(attempts)), on: db)
    }
  }
}
