import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres
import Transform

/// The main job: take a device list, make a plan, then call, archive and load for each planned device-day.
public struct Sync: Sendable {
  let connection: Connection
  let warehouse: Warehouse
  let planning: Planning
  let claims: Claims
  let caller: Caller
  let rebuilder: DayRebuilder
  let clock: PipelineClock
  let interruption: Interruption
  let progress: any ProgressReporter

  /// - Parameters:
  ///   - tokenHMACs: the keyed hashes of the users' tokens, to be stored once the API accepts them.
  ///   - waits: whether to wait for room in the quota instead of stopping when it is spent.
  public init(
    connection: Connection, warehouse: Warehouse, source: any FleetSource, tokenHMACs: [[UInt8]] = [],
    limits: AccountLimits, run: RunKey, settlingDays: Int, clock: PipelineClock, interruption: Interruption,
    progress: any ProgressReporter,
    waits: Bool = false
  ) throws {
    self.connection = connection
    self.warehouse = warehouse
    self.clock = clock
    self.interruption = interruption
    self.progress = progress
    planning = try Planning(
      connection: connection, warehouse: warehouse, limits: limits, userCount: source.userCount,
      tokenHMACs: tokenHMACs, settlingDays: settlingDays, clock: clock)
    claims = Claims(connection: connection, warehouse: warehouse)
    caller = Caller(
      source: source, connection: connection, warehouse: warehouse,
      ledger: planning.ledger, pacing: planning.pacing, run: run, clock: clock, interruption: interruption,
      progress: progress, waits: waits, tokenHMACs: tokenHMACs)
    // Without pauses between calls, waiting for the disk after each load would cost much of the time. A load that a server crash
    // loses is repeated from the archive, whose commits always wait.
    rebuilder = DayRebuilder(
      warehouse: warehouse, settlingDays: settlingDays, commitsToDisk: limits.requestInterval > 0, reusesPlans: true)
  }

  /// Does what is due for `goal`.
  ///
  /// - Parameter maxCalls: the most calls to make, device lists included; nil for no limit.
  public func run(_ goal: Goal, maxCalls: Int? = nil) async -> SyncResult {
    var result = SyncResult()
    do {
      try await prepare()
      try await recover(result: &result)
      var agenda = Agenda(maxCalls: maxCalls, isCanary: try await needsCanary())
      let users = try await takeDeviceLists(for: goal, agenda: &agenda, result: &result)
      let priced = try await plan(for: goal, result: &result)
      agenda.add(priced.plan.calls, searching: priced.history)
      try await work(through: &agenda, users: users, reserve: priced.reserve, result: &result)
      try await confirmOnDisk()
      if let silence = try await planning.silence(in: priced) { throw silence }
    } catch let reason as StopReason {
      result.stop = reason
    } catch {
      result.failure = error
    }
    result.totals.calls = caller.callCount.value
    result.callsLeft = try? await planning.callsLeftNowAndTonight()
    result.signal = interruption.signal
    return result
  }

  /// Removes what must not be kept, even if a restored backup brought it back, and makes room for responses.
  private func prepare() async throws {
    try await connection.run { db in try db.prepareRepeatedStatements() }
    try await Eraser(
      connection: connection, warehouse: warehouse, settlingDays: rebuilder.settlingDays, clock: clock
    ).apply()
    try await connection.run { [warehouse, clock] db in
      try warehouse.partitions.ensure(ahead: UTCDay(containing: clock.now()), on: db)
    }
  }

  /// Whether a run ended because the API does not answer as its document says, and no response has been usable since.
  private func needsCanary() async throws -> Bool {
    try await connection.run { [planning] db in try planning.ledger.deviationSince(on: db) != nil }
  }

  /// Waits until everything that this run committed is on disk.
  private func confirmOnDisk() async throws {
    guard !rebuilder.commitsToDisk else { return }
    // A commit that wrote something is flushed together with all commits before it.
    try await connection.run { db in
      try db.transaction { _ = try db.query("select pg_logical_emit_message(true, 'fleetize-etl', 'loaded')") }
    }
  }

  private func plan(for goal: Goal, result: inout SyncResult) async throws -> PricedPlan {
    let priced = try await planning.plan(for: goal, listsAreTaken: true)
    try await planning.commit(priced.plan, settlingDays: rebuilder.settlingDays)
    try await connection.run { [warehouse] db in
      try warehouse.partitions.ensure(for: priced.plan.calls.map(\.day), on: db)
    }
    result.plan = priced
    result.newDevices = priced.plan.newlyFollowed.map { Devices.UnaskedHistory(firstDay: $0.day, devices: [$0.device]) }
    result.totals.empty = priced.plan.skipped(.provenEmpty).count
    progress.report(.planned(priced, callInterval: planning.pacing.requestInterval))
    return priced
  }

  /// The heart of the program: next call, check, hold, call and archive, load, note the outcome, report.
  private func work(
    through agenda: inout Agenda, users: [DeviceID: Int], reserve: Int, result: inout SyncResult
  ) async throws {
    result.left = agenda.left
    while let call = try agenda.next() {
      try interruption.check()
      try agenda.checkLimit(callsMade: caller.callCount.value)
      let user = users[call.device] ?? 0
      let outcome: Agenda.Outcome =
        try await claims.holding(call) { device in
          try await fetch(call, of: device, as: user, reserve: reserve, result: &result)
        } ?? .notNeeded
      if case .failed(.tokenRefused, _) = outcome, planning.userCount > 1 {
        try drop(user, from: &agenda, users: users, result: &result)
        continue
      }
      let verdict = agenda.note(outcome, of: call, now: clock.now())
      result.left = agenda.left
      try await report(outcome, of: call, verdict, result: &result)
    }
  }

  /// Takes one device-day from the socket to the tables.
  private func fetch(
    _ call: PlannedCall, of device: DeviceKey, as user: Int, reserve: Int, result: inout SyncResult
  ) async throws -> Agenda.Outcome {
    let request = Request.deviceDay(call.device, call.day)
    let scope = try await scope(of: call, device)
    let called = try await caller.call(request, scope: scope, as: user, device: device, reserve: reserve) {
      [claims] db in
      try claims.isDue(call, of: device, on: db)
    }
    switch called {
    case nil: return .notNeeded
    case .failure(let fault): return .failed(fault)
    case .success(let response):
      let rebuilt = try await load(response, result: &result)
      if let fault = response.interpretation.fault { return .failed(fault, sample: response.sample) }
      return .answered(rebuilt)
    }
  }

  /// What to ask for: everything, but for a day that took the API too long twice everything without the points.
  private func scope(of call: PlannedCall, _ device: DeviceKey) async throws -> [String] {
    // What was answered before has points or a doubt, and a response without points would not count.
    guard call.fetchedAt == nil else { return [] }
    let attempts = try await connection.run { [planning, clock] db in
      try planning.ledger.heavyAttempts(for: call.day, of: device, now: clock.now(), on: db)
    }
    return attempts < 2 ? [] : Request.scopeWithoutPoints
  }

  /// Loads a response. One that cannot be loaded stays in the archive, and the next run tries again.
  func load(_ response: ReadResponse, result: inout SyncResult) async throws -> DayRebuilder.Outcome? {
    do {
      return try await connection.run { [rebuilder] db in
        try rebuilder.rebuild(from: ResponseBatch([response]), on: db).first
      }
    } catch {
      result.loadErrors.append(try response.loadError(error))
      return nil
    }
  }
}
