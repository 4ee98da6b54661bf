import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres
import Transform

/// The main job: one device list, a plan, then a call, an archived response and a replaced device-day for each planned call.
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
  /// After so many device-days in a row without a usable response it is the API that fails, not the days.
  static let failingDaysInARow = 5

  public init(
    connection: Connection, warehouse: Warehouse, source: any FleetSource, limits: AccountLimits, run: RunKey,
    settlingDays: Int, clock: PipelineClock, interruption: Interruption, progress: any ProgressReporter,
    waits: Bool = false
  ) throws {
    self.connection = connection
    self.warehouse = warehouse
    self.clock = clock
    self.interruption = interruption
    self.progress = progress
    self.limits = limits
    planning = try Planning(
      connection: connection, warehouse: warehouse, limits: limits, userCount: source.userCount, clock: clock)
    caller = Caller(
      source: source, connection: connection, warehouse: warehouse,
      ledger: planning.ledger, pacing: planning.pacing, run: run, clock: clock, interruption: interruption,
      progress: progress, waits: waits)
    loader = Loader(warehouse: warehouse, settlingDays: settlingDays)
  }

  /// Does what is due for `goal`.
  ///
  /// - Parameter maxCalls: no more calls than this, the list included; nil for no such limit.
  public func run(_ goal: Goal, maxCalls: Int? = nil) async -> SyncResult {
    var result = SyncResult()
    do {
      try await prepare()
      try await recover(result: &result)
      let users = try await refreshDeviceLists(for: goal, result: &result, maxCalls: maxCalls)
      let priced = try await planning.plan(for: goal)
      try await planning.commit(priced.plan, settlingDays: loader.settlingDays)
      try await connection.run { [warehouse] db in
        try warehouse.partitions.ensure(for: priced.plan.calls.map(\.day), on: db)
      }
      result.plan = priced
      result.totals.empty = priced.plan.skipped(.provenEmpty).count
      progress.report(.planned(priced, callInterval: limits.requestInterval))
      try await work(
        through: priced, users: users, groups: groupsResponses(for: goal), maxCalls: maxCalls, result: &result)
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

  /// Before anything is paid for: what is erased is gone, even if a backup brought it back, and there is room for responses.
  private func prepare() async throws {
    try await Eraser(
      connection: connection, warehouse: warehouse, settlingDays: loader.settlingDays, clock: clock
    ).apply()
    try await connection.run { [warehouse, clock] db in
      try warehouse.partitions.ensure(ahead: UTCDay(containing: clock.now()), on: db)
    }
  }

  /// The heart: call, archive, load, again.
  ///
  /// - Parameter groups: whether responses wait a moment to be loaded together.
  private func work(
    through priced: PricedPlan, users: [DeviceID: Int], groups: Bool, maxCalls: Int?, result: inout SyncResult
  ) async throws {
    var waiting = WaitingResponses()
    do {
      try await work(
        through: priced, users: users, groups: groups, maxCalls: maxCalls, waiting: &waiting, result: &result)
    } catch let unarchived as UnarchivedResponse {
      throw unarchived
    } catch {
      // They are paid for: what cannot be loaded now is by the next run.
      try await load(&waiting, result: &result)
      throw error
    }
    try await load(&waiting, result: &result)
  }

  private func work(
    through priced: PricedPlan, users: [DeviceID: Int], groups: Bool, maxCalls: Int?, waiting: inout WaitingResponses,
    result: inout SyncResult
  ) async throws {
    var queue = priced.plan.calls[...]
    var attempts: [PlannedCall: Int] = [:]
    var failing: [PlannedCall: DeviceKey] = [:]
    result.left = queue.count
    while let planned = queue.popFirst() {
      try interruption.check()
      try checkLimit(maxCalls)
      // A day that was fetched before may be closed by what waits. One never fetched is not: only lists prove it empty.
      if waiting.isDue || planned.fetchedAt != nil { try await load(&waiting, result: &result) }
      guard let device = try await claim(planned) else {
        result.left -= 1
        progress.report(.notNeeded(planned))
        continue
      }
      let attempt = try await releasingUnlessWaiting(planned, of: device) {
        try await fetch(planned, as: users[planned.device] ?? 0, of: device, reserve: priced.reserve, result: &result)
      }
      let fault: Fault
      switch attempt {
      case .failed(let reason):
        fault = reason
      case .answered(let response):
        waiting.add(WaitingResponses.Item(planned: planned, device: device, response: response))
        if !groups { try await load(&waiting, result: &result) }
        failing = [:]
        continue
      case .needless:
        result.left -= 1
        progress.report(.notNeeded(planned))
        continue
      }
      attempts[planned, default: 0] += 1
      let isLast = attempts[planned] == Self.attemptsPerRun || fault.consequence == .skipDeviceDay
      try stopIfHopeless(fault)
      progress.report(.failed(planned, fault, isLastAttempt: isLast))
      if fault.isOutage { failing[planned] = device }
      let isAPIFailing = failing.count >= Self.failingDaysInARow
      guard isLast || isAPIFailing else {
        queue.append(planned)
        continue
      }
      if isAPIFailing {
        for (failed, device) in failing { try await noteFailure(failed, of: device, fault: fault) }
        throw StopReason.unreachable(fault)
      }
      try await noteFailure(planned, of: device, fault: fault)
      result.left -= 1
      result.totals.failed += 1
      result.failedDays.append(FailedDay(call: planned, fault: fault))
    }
  }

  private enum Attempt {
    /// Archived, to be loaded; the device-day stays claimed.
    case answered(ReadResponse)
    /// Not due any more when the call could leave.
    case needless
    /// No usable response.
    case failed(Fault)
  }

  /// One device-day's way from the socket to the archive.
  private func fetch(
    _ planned: PlannedCall, as user: Int, of device: DeviceKey, reserve: Int, result: inout SyncResult
  ) async throws -> Attempt {
    let request = Request.deviceDay(planned.device, planned.day)
    let called = try await caller.call(request, as: user, device: device, reserve: reserve) { db in
      try isDue(planned, of: device, on: db)
    }
    switch called {
    case nil: return .needless
    case .failure(let fault): return .failed(fault)
    case .success(let response):
      guard case .rejected(let fault, _) = response.interpretation else { return .answered(response) }
      _ = try await load([response], result: &result)
      return .failed(fault)
    }
  }

  /// Takes a device-day for this process.
  ///
  /// - Returns: nil when another process has it, or when it is no longer due since the plan was made.
  private func claim(_ planned: PlannedCall) async throws -> DeviceKey? {
    try await connection.run { [warehouse] db in
      let device = try warehouse.devices.key(of: planned.device, on: db)
      guard try warehouse.checkpoints.claim(planned.day, of: device, on: db) else { return nil }
      guard try isDue(planned, of: device, on: db) else {
        try warehouse.checkpoints.release(planned.day, of: device, on: db)
        return nil
      }
      return device
    }
  }

  private func isDue(_ planned: PlannedCall, of device: DeviceKey, on db: isolated Connection) throws -> Bool {
    guard try !warehouse.erasures.isErased(planned.day, of: device, on: db) else { return false }
    try warehouse.partitions.checkRoom(for: planned.day, on: db)
    return planned.isDue(try warehouse.checkpoints.facts(planned.day, of: device, on: db))
  }

  /// Ends the claim of a device-day again, unless there is a response to load.
  private func releasingUnlessWaiting(
    _ planned: PlannedCall, of device: DeviceKey, _ body: () async throws -> Attempt
  ) async throws -> Attempt {
    let attempt: Attempt
    do {
      attempt = try await body()
    } catch {
      // The claim ends with the connection at the latest.
      try? await release(planned, of: device)
      throw error
    }
    if case .answered = attempt { return attempt }
    try await release(planned, of: device)
    return attempt
  }

  func release(_ planned: PlannedCall, of device: DeviceKey) async throws {
    try await connection.run { [warehouse] db in try warehouse.checkpoints.release(planned.day, of: device, on: db) }
  }

  private func noteFailure(_ planned: PlannedCall, of device: DeviceKey, fault: Fault) async throws {
    try await connection.run { [warehouse, clock] db in
      let now = clock.now()
      let attempts = try warehouse.failures.attempts(for: planned.day, of: device, on: db) + 1
      try warehouse.failures.note(
        planned.day, of: device, attempts: attempts, reason: fault.description, now: now,
        retryAt: now.addingTimeInterval(RetryDelay.afterFailedDay(attempts)), on: db)
    }
  }

  private func checkLimit(_ maxCalls: Int?) throws {
    if let maxCalls, caller.callCount.value >= maxCalls { throw StopReason.callLimitReached }
  }

  private func stopIfHopeless(_ fault: Fault) throws {
    switch fault.consequence {
    case .retryLater, .skipDeviceDay: return
    case .stopRun: throw StopReason.tokenRefused
    case .stopEverything: throw StopReason.blocked(since: clock.now())
    }
  }

  /// Takes a device list as each user of the account, unless a young one will do.
  ///
  /// - Returns: which user sees which device.
  private func refreshDeviceLists(
    for goal: Goal, result: inout SyncResult, maxCalls: Int?
  ) async throws -> [DeviceID: Int] {
    let now = clock.now()
    guard try await connection.run({ [planning] db in try planning.needsList(for: goal, now: now, on: db) }) else {
      return [:]
    }
    var users: [DeviceID: Int] = [:]
    for user in 0..<planning.userCount {
      for device in try await deviceList(as: user, for: goal, result: &result, maxCalls: maxCalls) {
        users[device] = users[device] ?? user
      }
    }
    return users
  }

  private func deviceList(
    as user: Int, for goal: Goal, result: inout SyncResult, maxCalls: Int?
  ) async throws -> [DeviceID] {
    var attempt = 1
    while true {
      try checkLimit(maxCalls)
      let fault: Fault
      // While a backfill waits for its turn the nightly run may take a list, which will do.
      let called = try await caller.call(.deviceList, as: user, device: nil, reserve: 0) { [planning, clock] db in
        try planning.needsList(for: goal, now: clock.now(), on: db)
      }
      switch called {
      case nil:
        return []
      case .success(let response):
        _ = try await load([response], result: &result)
        switch response.interpretation {
        case .list(let list): return list.readings.map(\.device)
        case .rejected(let reason, _): fault = reason
        case .day: fault = .wrongShape("a day's response instead of a device list")
        }
      case .failure(let reason):
        fault = reason
      }
      try stopIfHopeless(fault)
      if attempt == Self.attemptsPerRun || fault.consequence == .skipDeviceDay { throw StopReason.noDeviceList(fault) }
      attempt += 1
      progress.report(.note("\(fault); asking for the device list again"))
    }
  }
}
