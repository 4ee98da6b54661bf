import FleetModel
import FleetizeAPI
import FoundationEssentials

/// The calls that a run still has to make, and what follows from the outcome of each. Pure: ``Sync`` and the simulated nights act on it.
struct Agenda {
  /// How often one run tries the same call.
  static let attemptsPerRun = 3
  /// After outages on this many device-days in a row, the API is down, not the days.
  static let failingDaysInARow = 5

  enum Outcome: Hashable, Sendable {
    /// The response is archived and loaded; nil if loading failed, which the next run tries again.
    case answered(DayRebuilder.Outcome?)
    /// Another process holds the device-day, or it is no longer due.
    case notNeeded
    /// The sample is the start of the response, without what it says.
    case failed(Fault, sample: String? = nil)
  }

  enum Verdict: Hashable, Sendable {
    case goOn
    /// Try the same call again later in this run.
    case tryAgainLater
    /// Record the device-day as failed and go on with the others.
    case giveUp
    /// End the run, and record these device-days as failed.
    case stop(StopReason, failed: [PlannedCall])
  }

  /// Planned device-days that are not done, the one in hand included.
  private(set) var left = 0
  private let maxCalls: Int?
  private var queue: ArraySlice<PlannedCall> = []
  private var attempts: [PlannedCall: Int] = [:]
  private var listAttempts = 0
  private var history: HistorySearch?
  /// Device-days that failed by an outage since the last answer.
  private var failing: [PlannedCall] = []
  private var deviations: DeviationCount

  /// - Parameters:
  ///   - maxCalls: the most calls to make, device lists included; nil for no limit.
  ///   - isCanary: whether an earlier run ended because the API does not answer as its document says. Then one such answer is enough.
  init(maxCalls: Int? = nil, isCanary: Bool = false) {
    self.maxCalls = maxCalls
    deviations = DeviationCount(isCanary: isCanary)
  }

  /// Takes the calls of a plan, in their order.
  ///
  /// - Parameter history: finds the end of the API's history; nil if every call is to be made.
  mutating func add(_ calls: [PlannedCall], searching history: HistorySearch? = nil) {
    queue += calls
    left += calls.count
    deviations.deviceCount = Set(queue.map(\.device)).count
    self.history = history
  }

  /// The next call to make; nil when all are done. Each one must be followed by ``note(_:of:now:)``.
  ///
  /// - Throws: ``StopReason/historyEnds(before:notAsked:)``.
  mutating func next() throws(StopReason) -> PlannedCall? {
    switch history?.next(in: queue) {
    case .probe(let call):
      queue.removeAll { $0 == call }
      return call
    case .end:
      let oldest = history?.oldestRoute ?? queue.map(\.day).max()
      throw .historyEnds(before: oldest ?? UTCDay(number: 0), notAsked: left)
    case .inOrder, nil:
      return queue.popFirst()
    }
  }

  /// Leaves calls out of this run; they count as left.
  mutating func drop(_ isDropped: (PlannedCall) -> Bool) {
    queue.removeAll(where: isDropped)
  }

  /// - Throws: ``StopReason/callLimitReached`` when no further call may be made.
  func checkLimit(callsMade: Int) throws(StopReason) {
    if let maxCalls, callsMade >= maxCalls { throw .callLimitReached }
  }

  mutating func note(_ outcome: Outcome, of call: PlannedCall, now: Date) -> Verdict {
    switch outcome {
    case .answered(let rebuilt):
      history?.note(rebuilt?.routeCount, of: call)
      failing = []
      deviations.reset()
      left -= 1
      return .goOn
    case .notNeeded:
      left -= 1
      return .goOn
    case .failed(let fault, let sample):
      return note(fault, sample, of: call, now: now)
    }
  }

  private mutating func note(_ fault: Fault, _ sample: String?, of call: PlannedCall, now: Date) -> Verdict {
    if let reason = StopReason(fault, now: now) { return .stop(reason, failed: []) }
    history?.note(nil, of: call)
    if deviations.note(fault, of: call) {
      return .stop(.protocolViolated(fault, sample: sample), failed: deviations.calls)
    }
    if fault.isOutage, !failing.contains(call) { failing.append(call) }
    if failing.count >= Self.failingDaysInARow { return .stop(.unreachable(fault), failed: failing) }
    attempts[call, default: 0] += 1
    if fault.consequence == .skipDeviceDay || attempts[call, default: 0] >= call.mostAttempts {
      left -= 1
      return .giveUp
    }
    queue.append(call)
    return .tryAgainLater
  }

  /// What follows from asking for a device list.
  ///
  /// - Parameters:
  ///   - fault: nil when a usable list came.
  ///   - sample: as of ``Outcome/failed(_:sample:)``.
  mutating func noteList(_ fault: Fault?, sample: String? = nil, now: Date) -> Verdict {
    guard let fault else {
      listAttempts = 0
      return .goOn
    }
    listAttempts += 1
    if let reason = StopReason(fault, now: now) { return .stop(reason, failed: []) }
    let isLast =
      listAttempts == Self.attemptsPerRun || fault.consequence == .skipDeviceDay
      || fault.deviation != nil && deviations.isCanary
    guard isLast else { return .tryAgainLater }
    return .stop(fault.deviation == nil ? .noDeviceList(fault) : .protocolViolated(fault, sample: sample), failed: [])
  }
}

extension StopReason {
  /// Nil unless no further call of the run can succeed.
  fileprivate init?(_ fault: Fault, now: Date) {
    switch fault.consequence {
    case .retryLater, .skipDeviceDay: return nil
    case .stopRun: self = .tokenRefused
    case .stopEverything: self = .blocked(since: now)
    }
  }
}
