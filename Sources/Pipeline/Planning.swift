import Extract
import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Gathers what is known, makes the plan and prices it; makes no call.
public struct Planning: Sendable {
  let connection: Connection
  let warehouse: Warehouse
  let limits: AccountLimits
  let pacing: Pacing
  let ledger: CallLedger
  let clock: PipelineClock
  /// Sub-users of the account, each with a device list of its own.
  let userCount: Int

  /// A backfill is content with a device list this young, in seconds.
  static let listLifetime = 3_600.0

  public init(connection: Connection, warehouse: Warehouse, limits: AccountLimits, userCount: Int, clock: PipelineClock)
    throws
  {
    self.userCount = userCount
    self.connection = connection
    self.warehouse = warehouse
    self.limits = limits
    self.clock = clock
    ledger = CallLedger(account: warehouse.account, egress: limits.egress)
    pacing = try Pacing(requestInterval: limits.requestInterval, dailyCalls: limits.dailyCalls)
  }

  /// The plan for `goal` from the device lists and responses known now.
  ///
  /// - Throws: ``UnknownDevices`` when the goal names a device that no list has.
  public func plan(for goal: Goal) async throws -> PricedPlan {
    let now = clock.now()
    return try await connection.run { [self] db in
      let facts = try currentFacts(now: now, on: db)
      try checkDevices(of: goal, facts)
      let night = try ledger.nextNight(after: now, on: db)
      return PricedPlan(
        Planner().plan(goal, facts: facts, now: now), needsList: try needsList(for: goal, now: now, on: db),
        reserve: Planner().reserve(for: goal, facts: facts, dailyCalls: limits.dailyCalls, now: now), night: night,
        nights: try outlook(for: goal, facts: facts, night: night, now: now, on: db), pacing: pacing,
        snapshot: try snapshot(now: now, on: db), now: now)
    }
  }

  /// Nil for the nightly run itself.
  private func outlook(
    for goal: Goal, facts: [DeviceFacts], night: Date, now: Date, on db: isolated Connection
  ) throws -> NightlyForecast? {
    guard case .backfill = goal else { return nil }
    let since = UTCDay(containing: now).advanced(by: -NightlyForecast.memoryDays).start
    return NightlyForecast(
      facts: facts, runs: try ledger.nightlyRuns(since: since, before: now, on: db), isTonightDone: night > now,
      now: now)
  }

  /// Writes down what the plan decided: which days are wanted, and which are proven empty without a call.
  func commit(_ plan: Plan, settlingDays: Int) async throws {
    try await connection.run { [warehouse, clock] db in
      try db.transaction {
        // In the order of their keys, like every load: nobody waits for another in a circle.
        let keys = try warehouse.devices.keys(of: Set(plan.wantedDays.map(\.device)), on: db)
        try warehouse.devices.lock(keys.values, on: db)
        try warehouse.checkpoints.add(pending: plan.wantedDays, follow: plan.newlyFollowed, on: db)
        let proven = try warehouse.devices.keys(of: Set(plan.skipped(.provenEmpty).map(\.device)), on: db)
        let judged = try warehouse.states.review(
          proven.values.map { StateReview(device: $0, since: clock.now(), includesPending: true) },
          settlingDays: settlingDays, on: db)
        try warehouse.odometer.compare(of: judged, on: db)
      }
    }
  }

  /// Calls that still fit into the quota now.
  func callsLeft(on db: isolated Connection) throws -> Int {
    let now = clock.now()
    return pacing.callsLeft(try snapshot(now: now, on: db), at: now)
  }

  /// Calls that fit into the quota now, and at the next 00:00 UTC if none is made until then.
  func callsLeftNowAndTonight() async throws -> (now: Int, tonight: Int) {
    let now = clock.now()
    return try await connection.run { [self] db in
      let snapshot = try self.snapshot(now: now, on: db)
      return (pacing.callsLeft(snapshot, at: now), pacing.callsLeft(snapshot, at: UTCDay(containing: now).end))
    }
  }

  /// What the account may still spend, for a person to read.
  public func budget() async throws -> CallBudget {
    let now = clock.now()
    let snapshot = try await connection.run { [self] db in try self.snapshot(now: now, on: db) }
    let nextCallAt: Date? =
      switch pacing.permit(snapshot, at: now) {
      case .send: now
      case .wait(let until), .exhausted(let until), .tooFastTwice(let until): until
      case .blocked: nil
      }
    return CallBudget(
      used: snapshot.accountEnds.count, left: pacing.callsLeft(snapshot, at: now), nextCallAt: nextCallAt,
      blockedSince: snapshot.blockedSince)
  }

  private func checkDevices(of goal: Goal, _ facts: [DeviceFacts]) throws {
    guard case .backfill(_, .some(let devices), _) = goal, !facts.isEmpty else { return }
    let unknown = devices.subtracting(facts.map(\.device))
    guard unknown.isEmpty else { throw UnknownDevices(devices: unknown.sorted()) }
  }

  /// The nightly run takes a list of its own, the seal. With several users the lists also tell who sees which device.
  func needsList(for goal: Goal, now: Date, on db: isolated Connection) throws -> Bool {
    guard case .backfill = goal, userCount == 1, let answered = try warehouse.readings.latestListAnswered(on: db) else {
      return true
    }
    return now.timeIntervalSince(answered) >= Self.listLifetime
  }

  private func currentFacts(now: Date, on db: isolated Connection) throws -> [DeviceFacts] {
    // The lists of several users are taken one after the other.
    let latest = try warehouse.readings.latestListAnswered(on: db) ?? now
    return try warehouse.devices.facts(
      listedSince: userCount == 1 ? latest : latest.addingTimeInterval(-Self.listLifetime), on: db)
  }

  private func snapshot(now: Date, on db: isolated Connection) throws -> LedgerSnapshot {
    LedgerSnapshot(try ledger.snapshot(now: now, on: db))
  }
}

/// A range was asked for devices that no device list has.
public struct UnknownDevices: Error, CustomStringConvertible {
  public let devices: [DeviceID]

  public init(devices: [DeviceID]) {
    self.devices = devices
  }

  public var description: String {
    "no device list has \(devices.count == 1 ? "device" : "the devices") \(devices.map(\.description).joined(separator: ", ")); "
      + "`fleetize-etl status` and the view bi.device show the devices that there are"
  }
}

/// An account's calls in the sliding window of 24 h.
public struct CallBudget: Hashable, Sendable {
  public var used: Int
  public var left: Int
  /// Nil while nothing may be sent.
  public var nextCallAt: Date?
  public var blockedSince: Date?
}
