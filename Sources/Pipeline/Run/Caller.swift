import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Postgres
import Synchronization
import Transform

/// Makes calls, one at a time per egress and never before the ledger permits, and archives the responses.
struct Caller: Sendable {
  let source: any FleetSource
  let connection: Connection
  let warehouse: Warehouse
  let ledger: CallLedger
  let pacing: Pacing
  let run: RunKey
  let clock: PipelineClock
  let interruption: Interruption
  let progress: any ProgressReporter
  /// Whether the job waits for room in the quota instead of stopping when it is spent.
  let waits: Bool
  /// The keyed hashes of the users' tokens, in their order; empty for a source without tokens.
  let tokenHMACs: [[UInt8]]
  private let acceptedUsers = AcceptedUsers()
  private let pause = Pause()
  /// Calls made so far in this run, whatever came of them.
  let callCount = CallCount()
  /// Calls that still fitted into the quota after the latest call of this run.
  let callsLeft = CallCount()

  typealias DueCheck = @Sendable (isolated Connection) throws -> Bool

  /// Calls the API. Waits before the call as long as pacing asks for, and tries again while the API cannot be reached.
  ///
  /// - Parameters:
  ///   - scope: the only tags to ask for; empty for all.
  ///   - user: the user of the account whose token is sent.
  ///   - reserve: calls that must still fit into the quota when the nightly run begins.
  ///   - isDue: asked just before the call leaves, because another process may have made it unnecessary.
  /// - Returns: the archived response, usable or not, or the fault if there was none; nil when the call is no longer due.
  /// - Throws: ``StopReason`` when no call of this run can succeed.
  func call(
    _ request: Request, scope: [String] = [], as user: Int, device: DeviceKey?, reserve: Int,
    isDue: @escaping DueCheck
  ) async throws -> Result<ReadResponse, Fault>? {
    var unreached = 0
    while true {
      guard let call = try await waitForPermit(request, device: device, reserve: reserve, isDue: isDue) else {
        return nil
      }
      let result = await source.send(request, scope: scope, as: user, now: clock.now)
      switch result {
      case .success(let response):
        if response.httpStatus != 200, let seconds = response.retryAfter {
          pause.extend(to: response.answeredAt.addingTimeInterval(seconds))
        }
        return .success(try await archive(response, call: call, user: user))
      case .failure(let fault):
        let isUnreached = if case .unreachable = fault { true } else { false }
        try await connection.run { [ledger, clock] db in
          try ledger.end(
            call, at: clock.now(), outcome: isUnreached ? .unreached : .unknown, fault: fault.code,
            detail: fault.description, on: db)
          try ledger.unlock(on: db)
        }
        guard isUnreached else { return .failure(fault) }
        unreached += 1
        guard let delay = RetryDelay.afterUnreached(unreached, interval: pacing.requestInterval) else {
          throw StopReason.unreachable(fault)
        }
        progress.report(.retrying(fault, after: delay))
        let until = clock.now().addingTimeInterval(delay)
        try await interruption.wait { [clock] in try await clock.sleep(until) }
      }
    }
  }

  /// Archives a response, which is paid for, in a commit of its own before anything interprets it. Then records in the ledger what it was.
  private func archive(_ response: Response, call: Int64, user: Int) async throws -> ReadResponse {
    try await connection.run { [self] db in
      let archived: ArchivedResponse
      do {
        try warehouse.partitions.ensure(of: .response, for: response.day, on: db)
        archived = try db.transaction {
          try ledger.end(call, at: response.answeredAt, outcome: .answered, httpStatus: response.httpStatus, on: db)
          return try warehouse.archive.add(response, call: call, on: db)
        }
      } catch let error as PostgresError {
        // If the response cannot be archived later either, the call is lost. Record that while the database still can.
        try? ledger.end(
          call, at: response.answeredAt, outcome: .unknown, httpStatus: response.httpStatus,
          detail: "answered, but not archived: \(error.message)", on: db)
        try? ledger.unlock(on: db)
        throw UnarchivedResponse(response: response, call: call, warehouse: warehouse, ledger: ledger, cause: error)
      }
      let interpretation = interpret(response)
      if let fault = interpretation.fault {
        try db.transaction { try ledger.classify(call, as: fault, on: db) }
      } else if tokenHMACs.indices.contains(user), acceptedUsers.insert(user) {
        try warehouse.tokens.remember(tokenHMACs[user], at: response.answeredAt, on: db)
      }
      try ledger.unlock(on: db)
      return ReadResponse(archived, as: interpretation)
    }
  }

  /// Waits until the call may leave.
  ///
  /// - Returns: the number of its ledger row, which is committed, with the lock of the egress held; nil when the call is no longer due.
  private func waitForPermit(
    _ request: Request, device: DeviceKey?, reserve: Int, isDue: @escaping DueCheck
  ) async throws -> Int64? {
    while true {
      try interruption.check()
      try await waitAsAsked()
      switch try await connection.run({ db in
        try permit(request, device: device, reserve: reserve, isDue: isDue, on: db)
      }) {
      case .granted(let call):
        callCount.increase()
        return call
      case .needless:
        return nil
      case .wait(let until, let reason):
        if let reason { progress.report(.waiting(until: until, because: reason)) }
        try await interruption.wait { [clock] in try await clock.sleep(until) }
      }
    }
  }

  /// Waits as long as the API asked for, within reason.
  private func waitAsAsked() async throws {
    let now = clock.now()
    guard let end = pause.end, end > now else { return }
    guard end.timeIntervalSince(now) <= Self.patience else { throw StopReason.notBefore(end) }
    progress.report(.waiting(until: end, because: "the API asked for a pause"))
    try await interruption.wait { [clock] in try await clock.sleep(end) }
  }

  private enum Permission {
    case granted(Int64)
    case needless
    /// The reason is nil for a moment until another process has made its call.
    case wait(until: Date, because: String?)
  }

  private func permit(
    _ request: Request, device: DeviceKey?, reserve: Int, isDue: DueCheck, on db: isolated Connection
  ) throws -> Permission {
    let now = clock.now()
    guard try ledger.lock(now: now, on: db) else {
      return .wait(until: now.addingTimeInterval(0.2), because: nil)
    }
    let permit: Permit
    do {
      let snapshot = try ledger.snapshot(now: now, on: db)
      permit = try pacing.permit(
        snapshot, at: now, reserving: reserve, until: ledger.nextNight(after: now, on: db))
      if case .send = permit {
        let call = try db.transaction {
          // A process that is loading a response for the device may close the day.
          if let device { try warehouse.devices.lock([device], on: db) }
          return try isDue(db) ? ledger.begin(request, run: run, device: device, now: now, on: db) : nil
        }
        if let call {
          callsLeft.set(pacing.callsLeft(snapshot, at: now) - 1)
          return .granted(call)
        }
        try ledger.unlock(on: db)
        return .needless
      }
    } catch {
      try? ledger.unlock(on: db)
      throw error
    }
    try ledger.unlock(on: db)
    let until = try Self.waitingTime(permit, isPatient: waits || reserve == 0, now: now)
    // Accounts that share an egress wait for the same moment. Without a handicap one of them could win every time.
    let handicap = try ledger.isTurnOfOthers(on: db) ? Self.handicap : 0
    let reason = if case .exhausted = permit { "the calls of 24 h are used up" } else { "the interval between calls" }
    return .wait(until: until.addingTimeInterval(handicap), because: reason)
  }

  /// How much longer an account waits when it is the turn of others, in seconds.
  private static let handicap = 0.1

  /// How long to wait for room in the quota, in seconds. Calls of the night before leave the window at the times when those of this
  /// night need room, so a nightly run rarely waits long. The same holds for a backfill that waits.
  static let patience = 900.0

  /// Until when to wait before asking again.
  ///
  /// - Throws: ``StopReason`` if the run must end instead.
  static func waitingTime(_ permit: Permit, isPatient: Bool, now: Date) throws(StopReason) -> Date {
    switch permit {
    case .send: now
    case .wait(let until): until
    case .exhausted(let until) where isPatient && until.timeIntervalSince(now) <= patience: until
    case .exhausted(let until): throw StopReason.quotaSpent(until: until)
    case .blocked(let since): throw StopReason.blocked(since: since)
    case .tooFastTwice: throw StopReason.tooFastTwice
    }
  }
}

/// A count that several tasks may share.
final class CallCount: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func increase() { count.withLock { $0 += 1 } }

  func set(_ value: Int) { count.withLock { $0 = value } }
}

/// Until when the API asked for no call (`Retry-After`).
private final class Pause: Sendable {
  private let latest = Mutex<Date?>(nil)

  var end: Date? { latest.withLock { $0 } }

  func extend(to date: Date) {
    latest.withLock { $0 = max($0 ?? date, date) }
  }
}

/// The users of an account whose token the API accepted in this run.
private final class AcceptedUsers: Sendable {
  private let users = Mutex<Set<Int>>([])

  /// - Returns: whether the user is new.
  func insert(_ user: Int) -> Bool {
    users.withLock { $0.insert(user).inserted }
  }
}

extension CallLedger {
  /// Records that the response to a call does not count, and why.
  func classify(_ call: Int64, as fault: Fault, on db: isolated Connection) throws {
    try classify(
      call, outcome: fault.vendorCode == nil ? .unusable : .refused, vendorCode: fault.vendorCode,
      fault: fault.code, detail: fault.description, on: db)
  }
}
