import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres
import Transform

/// The main job: one device list, a plan, then a call, an archived answer and a replaced device-day for each planned call.
public struct Sync: Sendable {
  let connection: Connection
  let warehouse: Warehouse
  let caller: Caller
  let loader: Loader
  let clock: PipelineClock
  let interruption: Interruption
  let progress: any ProgressReporter
  let limits: AccountLimits
  let planning: Planning

  /// How often a device-day is tried in one run.
  static let attemptsPerRun = 3

  public init(
    connection: Connection, warehouse: Warehouse, source: any FleetSource, limits: AccountLimits, run: RunKey,
    settlingDays: Int, clock: PipelineClock, interruption: Interruption, progress: any ProgressReporter
  ) throws {
    self.connection = connection
    self.warehouse = warehouse
    self.clock = clock
    self.interruption = interruption
    self.progress = progress
    self.limits = limits
    planning = try Planning(connection: connection, warehouse: warehouse, limits: limits, clock: clock)
    caller = Caller(
      source: source, connection: connection, warehouse: warehouse,
      ledger: planning.ledger, pacing: planning.pacing, run: run, clock: clock, interruption: interruption,
      progress: progress)
    loader = Loader(warehouse: warehouse, settlingDays: settlingDays)
  }

  /// Does what is due for `goal`.
  ///
  /// - Parameter maxCalls: no more calls than this, the list included; nil for no such limit.
  public func run(_ goal: Goal, maxCalls: Int? = nil) async -> SyncResult {
    var result = SyncResult()
    do {
      try await recover()
      try await refreshDeviceList(for: goal, result: &result, maxCalls: maxCalls)
      let priced = try await planning.plan(for: goal)
      try await planning.commit(priced.plan, settlingDays: loader.settlingDays)
      result.plan = priced.plan
      progress.report(.planned(priced, callInterval: limits.requestInterval))
      try await work(through: priced.plan, reserve: priced.reserve, maxCalls: maxCalls, result: &result)
    } catch let reason as StopReason {
      result.stop = reason
    } catch {
      result.failure = error
    }
    result.signal = interruption.signal
    return result
  }

  /// The heart: call, archive, load, again.
  private func work(through plan: Plan, reserve: Int, maxCalls: Int?, result: inout SyncResult) async throws {
    var queue = plan.calls[...]
    var attempts: [PlannedCall: Int] = [:]
    result.left = queue.count
    while let planned = queue.popFirst() {
      try interruption.check()
      try checkLimit(maxCalls, result)
      guard let device = try await claim(planned) else {
        result.left -= 1
        progress.report(.notNeeded(planned))
        continue
      }
      let fault = try await releasing(planned, of: device) {
        try await fetchAndLoad(planned, of: device, reserve: reserve, result: &result)
      }
      guard let fault else {
        result.left -= 1
        continue
      }
      attempts[planned, default: 0] += 1
      let isLast = attempts[planned] == Self.attemptsPerRun || fault.consequence == .skipDeviceDay
      progress.report(.failed(planned, fault, isLastAttempt: isLast))
      try stopIfHopeless(fault)
      guard isLast else {
        queue.append(planned)
        continue
      }
      try await noteFailure(planned, of: device, fault: fault)
      result.left -= 1
      result.totals.failed += 1
      result.failedDays.append(FailedDay(call: planned, fault: fault))
    }
  }

  /// One device-day's way from the socket to its rows.
  ///
  /// - Returns: the fault, when there is no usable answer.
  private func fetchAndLoad(
    _ planned: PlannedCall, of device: DeviceKey, reserve: Int, result: inout SyncResult
  ) async throws -> Fault? {
    let request = Request.deviceDay(planned.device, planned.day)
    let called = try await caller.call(request, device: device, reserve: reserve)
    result.totals.calls += 1
    guard case .success(let answer) = called else { return called.failure }
    let (outcome, callsLeft) = try await connection.run { [loader, planning] db in
      let outcome = try loader.load(answer.archived, as: answer.interpretation, on: db)
      return (outcome, try planning.callsLeft(on: db))
    }
    if case .rejected(let fault, _) = answer.interpretation { return fault }
    let isUnchanged = !outcome.writtenDays.contains(planned.day)
    if isUnchanged { result.totals.unchanged += 1 } else { result.totals.loaded += 1 }
    progress.report(
      .loaded(
        planned, routes: outcome.routeCount, points: outcome.pointCount, isUnchanged: isUnchanged,
        state: outcome.state, callsLeft: callsLeft))
    return nil
  }

  /// Takes a device-day for this process.
  ///
  /// - Returns: nil when another process has it, or when it is no longer due since the plan was made.
  private func claim(_ planned: PlannedCall) async throws -> DeviceKey? {
    try await connection.run { [warehouse] db in
      let device = try warehouse.deviceKey(of: planned.device, on: db)
      guard try warehouse.claim(planned.day, of: device, on: db) else { return nil }
      let isClosed = try warehouse.dayFacts(planned.day, of: device, on: db)?.state.isClosed ?? false
      if isClosed, planned.reason != .refetch {
        try warehouse.release(planned.day, of: device, on: db)
        return nil
      }
      return device
    }
  }

  private func releasing<Result: Sendable>(
    _ planned: PlannedCall, of device: DeviceKey, _ body: () async throws -> Result
  ) async throws -> Result {
    let result: Result
    do {
      result = try await body()
    } catch {
      // The claim ends with the connection at the latest.
      try? await connection.run { [warehouse] db in try warehouse.release(planned.day, of: device, on: db) }
      throw error
    }
    try await connection.run { [warehouse] db in try warehouse.release(planned.day, of: device, on: db) }
    return result
  }

  private func noteFailure(_ planned: PlannedCall, of device: DeviceKey, fault: Fault) async throws {
    try await connection.run { [warehouse, clock] db in
      let now = clock.now()
      let attempts = try warehouse.failedAttempts(planned.day, of: device, on: db) + 1
      try warehouse.noteFailure(
        planned.day, of: device, attempts: attempts, reason: fault.description, now: now,
        retryAt: now.addingTimeInterval(RetryDelay.afterFailedDay(attempts)), on: db)
    }
  }

  private func checkLimit(_ maxCalls: Int?, _ result: SyncResult) throws {
    if let maxCalls, result.totals.calls >= maxCalls { throw StopReason.callLimitReached }
  }

  private func stopIfHopeless(_ fault: Fault) throws {
    switch fault.consequence {
    case .retryLater, .skipDeviceDay: return
    case .stopRun: throw StopReason.tokenRefused
    case .stopEverything: throw StopReason.blocked(since: clock.now())
    }
  }

  /// Answers that a killed run left in the archive are paid for: load them before anything else.
  private func recover() async throws {
    let recovered = try await connection.run { [warehouse, loader, caller] db in
      let keys = try warehouse.unloadedResponses(on: db)
      for key in keys {
        let archived = try warehouse.response(key, on: db)
        let interpretation = interpret(archived.response)
        if let call = archived.call, case .rejected(let fault, _) = interpretation {
          try db.transaction { try caller.ledger.classify(call, as: fault, on: db) }
        }
        _ = try loader.load(archived, as: interpretation, on: db)
      }
      return keys.count
    }
    if recovered > 0 { progress.report(.recovered(answers: recovered)) }
  }

  /// The nightly run takes a list of its own, the seal; a backfill is content with one younger than an hour.
  private func refreshDeviceList(for goal: Goal, result: inout SyncResult, maxCalls: Int?) async throws {
    let now = clock.now()
    guard try await connection.run({ [planning] db in try planning.needsList(for: goal, now: now, on: db) }) else {
      return
    }
    for attempt in 1...Self.attemptsPerRun {
      try checkLimit(maxCalls, result)
      let fault: Fault
      result.totals.calls += 1
      switch try await caller.call(.deviceList, device: nil, reserve: 0) {
      case .success(let answer):
        _ = try await connection.run { [loader] db in
          try loader.load(answer.archived, as: answer.interpretation, on: db)
        }
        guard case .rejected(let reason, _) = answer.interpretation else { return }
        fault = reason
      case .failure(let reason):
        fault = reason
      }
      try stopIfHopeless(fault)
      if attempt == Self.attemptsPerRun || fault.consequence == .skipDeviceDay { throw StopReason.noDeviceList(fault) }
      progress.report(.note("\(fault); asking for the device list again"))
    }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
