import Extract
import FleetModel
import FoundationEssentials
import Load
import Postgres

/// Reads what is known, makes the plan and prices it; makes no call.
public struct Planning: Sendable {
  let connection: Connection
  let warehouse: Warehouse
  let limits: AccountLimits
  let pacing: Pacing
  let ledger: CallLedger
  let clock: PipelineClock
  /// Users of the account, each with a token and a device list of their own.
  let userCount: Int
  /// The keyed hashes of the users' tokens, in their order; empty if they are unknown.
  let tokenHMACs: [[UInt8]]
  /// Days after a day's end when it becomes final without proof.
  let settlingDays: Int

  /// A backfill makes do with a device list up to this age, in seconds.
  static let listLifetime = 3_600.0

  public init(
    connection: Connection, warehouse: Warehouse, limits: AccountLimits, userCount: Int, tokenHMACs: [[UInt8]] = [],
    settlingDays: Int = 14, clock: PipelineClock
  )
    throws
  {
    self.userCount = userCount
    self.tokenHMACs = tokenHMACs
    self.settlingDays = settlingDays
    self.connection = connection
    self.warehouse = warehouse
    self.limits = limits
    self.clock = clock
    ledger = CallLedger(account: warehouse.account, egress: limits.egress)
    pacing = try Pacing(requestInterval: limits.requestInterval, dailyCalls: limits.dailyCalls)
  }

  /// The plan for `goal` from the device lists and responses known now.
  ///
  /// - Throws: ``UnknownDevices`` if the goal names a device that no list contains.
  public func plan(for goal: Goal) async throws -> PricedPlan { try await plan(for: goal, listsAreTaken: false) }

  /// - Parameter listsAreTaken: whether this run has its device lists, so that the plan's price is for the rest.
  func plan(for goal: Goal, listsAreTaken: Bool) async throws -> PricedPlan {
    let now = clock.now()
    return try await connection.run { [self] db in
      let facts = try currentFacts(now: now, on: db)
      try checkDevices(of: goal, facts)
      let night = try ledger.nextNight(after: now, on: db)
      let lists = try listsAreTaken ? 0 : usersToList(for: goal, now: now, on: db).count
      return PricedPlan(
        Planner().plan(goal, facts: facts, now: now), history: history(for: goal, facts: facts, now: now),
        lists: lists, users: userCount,
        reserve: Planner().reserve(for: goal, facts: facts, dailyCalls: limits.dailyCalls, now: now), night: night,
        nights: try outlook(for: goal, facts: facts, night: night, now: now, on: db), pacing: pacing,
        snapshot: try ledger.snapshot(now: now, on: db), now: now)
    }
  }

  /// Days that are named one by one are fetched, whatever the history.
  private func history(for goal: Goal, facts: [DeviceFacts], now: Date) -> HistorySearch? {
    guard case .backfill(_, _, refetch: false, beyond: false) = goal else { return nil }
    return HistorySearch(facts, settlingDays: settlingDays, now: now)
  }

  /// Why a night that did all its calls is not a quiet one; nil when it is.
  func silence(in plan: PricedPlan) async throws -> StopReason? {
    guard let night = plan.plan.night, night.isSilent else { return nil }
    let earlier = try await connection.run { [warehouse] db in try warehouse.nights.latest(before: night.day, on: db) }
    guard let earlier, earlier.isSilent else { return nil }
    return .nobodyJudged(since: earlier.day)
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

  /// Stores what the plan decided: which days were asked for, and which are proven empty without a call.
  func commit(_ plan: Plan, settlingDays: Int) async throws {
    try await connection.run { [warehouse, clock] db in
      try db.transaction {
        // In the order of their keys, as every load does, so that no deadlock is possible.
        let keys = try warehouse.devices.keys(of: Set(plan.coveredDays.map(\.device)), on: db)
        try warehouse.devices.lock(keys.values, on: db)
        try warehouse.checkpoints.add(pending: plan.coveredDays, follow: plan.newlyFollowed, on: db)
        if let night = plan.night { try warehouse.nights.note(night, on: db) }
        let proven = try warehouse.devices.keys(of: Set(plan.skipped(.provenEmpty).map(\.device)), on: db)
        try warehouse.review(
          proven.values.map { StateReview(device: $0, since: clock.now(), includesPending: true) },
          settlingDays: settlingDays, on: db)
      }
    }
  }

  /// Calls that fit into the quota now, and at the next 00:00 UTC if no call is made before.
  func callsLeftNowAndTonight() async throws -> (now: Int, tonight: Int) {
    let now = clock.now()
    return try await connection.run { [self] db in
      let snapshot = try ledger.snapshot(now: now, on: db)
      return (pacing.callsLeft(snapshot, at: now), pacing.callsLeft(snapshot, at: UTCDay(containing: now).end))
    }
  }

  /// What the account has used and may still use.
  public func budget() async throws -> CallBudget {
    let now = clock.now()
    let snapshot = try await connection.run { [self] db in try ledger.snapshot(now: now, on: db) }
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
    guard case .backfill(_, .some(let devices), _, _) = goal, !facts.isEmpty else { return }
    let unknown = devices.subtracting(facts.map(\.device))
    guard unknown.isEmpty else { throw UnknownDevices(devices: unknown.sorted()) }
  }

  /// The users whose device lists must be taken. A nightly run always takes new ones: they are the seals.
  func usersToList(for goal: Goal, now: Date, on db: isolated Connection) throws -> [Int] {
    let users = 0..<userCount
    guard case .backfill = goal else { return Array(users) }
    guard userCount > 1 else {
      return isFresh(try warehouse.readings.latestListAnswered(on: db), now: now) ? [] : [0]
    }
    return try users.filter { user in
      guard tokenHMACs.indices.contains(user) else { return true }
      return !isFresh(try warehouse.tokens.listed(tokenHMACs[user], on: db), now: now)
    }
  }

  /// Whether a list is young enough for a backfill. One from the future comes from a wrong clock.
  private func isFresh(_ answered: Date?, now: Date) -> Bool {
    answered.map { (-60..<Self.listLifetime).contains(now.timeIntervalSince($0)) } ?? false
  }

  /// The first user who sees each device, by their latest lists.
  func users(except failed: Set<Int>, on db: isolated Connection) throws -> [DeviceID: Int] {
    var users: [DeviceID: Int] = [:]
    for (user, hmac) in tokenHMACs.enumerated() where !failed.contains(user) {
      for device in try warehouse.tokens.devices(of: hmac, on: db) { users[device] = users[device] ?? user }
    }
    return users
  }

  private func currentFacts(now: Date, on db: isolated Connection) throws -> [DeviceFacts] {
    // The lists of several users are taken one after the other.
    let latest = try warehouse.readings.latestListAnswered(on: db) ?? now
    return try warehouse.devices.facts(
      listedSince: userCount == 1 ? latest : latest.addingTimeInterval(-Self.listLifetime), on: db)
  }
}

/// A command names devices that no device list contains.
public struct UnknownDevices: Error, CustomStringConvertible {
  public let devices: [DeviceID]

  public init(devices: [DeviceID]) {
    self.devices = devices
  }

  public var description: String {
    "no device list contains \(devices.count == 1 ? "device" : "devices") \(devices.map(\.description).joined(separator: ", "))"
  }
}

/// An account's calls in the sliding 24 h window.
public struct CallBudget: Hashable, Sendable {
  public var used: Int
  public var left: Int
  /// Nil while the account is blocked.
  public var nextCallAt: Date?
  public var blockedSince: Date?
}
