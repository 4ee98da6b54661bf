import FleetModel
import FoundationEssentials
import Glibc
import Logbook
import Pipeline
import Synchronization

/// Shows on stderr what a run does: a progress bar on a terminal, one line per device-day elsewhere.
final class ProgressPrinter: ProgressReporter {
  private struct State {
    var done = 0
    var total = 0
    /// Device-days done before the latest plan.
    var doneAtStart = 0
    var callsLeft = 0
    var secondsPerCall = 0.0
    var nextCall: Date?
    var expectedEnd: Date?
    var startedAt = Date()
    var barIsShown = false
    var isOver = false
  }

  /// A wait of so many seconds is worth a line of its own.
  private static let longWait = 300.0

  private let state = Mutex(State())
  private let account: String
  private let hasBar: Bool
  private let verbosity: Verbosity
  private let now: @Sendable () -> Date

  /// - Parameter isOnlyOne: whether this is the only account; a terminal has room for one bar.
  init(account: String, isOnlyOne: Bool, verbosity: Verbosity, now: @escaping @Sendable () -> Date) {
    self.account = printable(account)
    self.verbosity = verbosity
    self.now = now
    hasBar = isOnlyOne && Terminal.canRedraw && verbosity != .quiet
    guard hasBar else { return }
    Task { [weak self] in
      // The countdown moves while nothing happens.
      while let self, redraw() { try? await Task.sleep(for: .seconds(1)) }
    }
  }

  func report(_ event: ProgressEvent) {
    state.withLock { state in
      if verbosity != .quiet, let text = note(event, &state) { line(text, &state) }
      if hasBar { drawBar(&state) }
    }
  }

  /// Ends the line of the bar.
  func finish() {
    state.withLock { state in
      if state.barIsShown { Self.write("\n") }
      state.barIsShown = false
      state.isOver = true
    }
  }

  /// Takes note of an event.
  ///
  /// - Returns: The line for it; nil where the bar shows it, or nothing needs to be said.
  private func note(_ event: ProgressEvent, _ state: inout State) -> String? {
    switch event {
    case .planned(let priced, let interval):
      return plan(priced, interval, &state)
    case .waiting(let until, let reason):
      state.nextCall = until
      let isLong = until.timeIntervalSince(now()) > Self.longWait
      return !hasBar && (verbosity == .verbose || isLong)
        ? "next call at \(until.utcText): \(printable(reason))" : nil
    case .retrying(let fault, let after):
      return "\(printable("\(fault)")); next attempt in \(ProgressLine.duration(after))"
    case .loaded(let call, let routes, let points, let isUnchanged, let dayState, let callsLeft):
      state.done += 1
      state.callsLeft = callsLeft
      state.nextCall = nil
      let what = isUnchanged ? "unchanged" : "\(counted(routes, "route")), \(counted(points, "point"))"
      return hasBar ? nil : "device \(call.device) \(call.day): \(what), \(dayState?.name ?? "unknown")"
    case .failed(let call, let fault, let isLast):
      if isLast { state.done += 1 }
      let next = isLast ? "given up for this run" : "will be tried again"
      return "device \(call.device) \(call.day): \(printable("\(fault)")); \(next)"
    case .notNeeded(let call):
      state.done += 1
      return hasBar ? nil : "device \(call.device) \(call.day): a call is no longer needed"
    case .recovered(let responses):
      return "loaded \(counted(responses, "response")) archived by an earlier run"
    case .note(let text):
      return printable(text)
    }
  }

  /// A backfill that waits makes a new plan for what is left.
  private func plan(_ priced: PricedPlan, _ interval: Double, _ state: inout State) -> String? {
    let isReplanned = state.total > 0
    state.total = max(state.total, priced.plan.calls.count)
    state.done = state.total - priced.plan.calls.count
    state.doneAtStart = state.done
    state.callsLeft = priced.callsLeft
    state.secondsPerCall = interval
    state.expectedEnd = priced.expectedEnd
    state.startedAt = now()
    state.nextCall = nil
    let end = state.expectedEnd.map { ", end expected \($0.utcText)" } ?? ""
    if isReplanned, !hasBar { return "\(state.done) of \(counted(state.total, "device-day")) done\(end)" }
    guard verbosity == .verbose else { return nil }
    return "\(counted(priced.plan.calls.count, "device-day")) to fetch, \(counted(state.callsLeft, "call")) left\(end)"
  }

  private func line(_ text: String, _ state: inout State) {
    if state.barIsShown { Self.write("\r\u{1B}[K") }
    state.barIsShown = false
    Self.write("[\(account)] \(text)\n")
  }

  /// - Returns: Whether the work goes on.
  private func redraw() -> Bool {
    state.withLock { state in
      if !state.isOver { drawBar(&state) }
      return !state.isOver
    }
  }

  private func drawBar(_ state: inout State) {
    let line = state.total > 0 ? bar(state) : waitingText(state)
    Self.write("\r\u{1B}[K\(line)")
    state.barIsShown = true
  }

  /// Before the plan there is no total.
  private func waitingText(_ state: State) -> String {
    let wait = state.nextCall.map { ", next call in \(ProgressLine.duration($0.timeIntervalSince(now())))" } ?? ""
    return String("fetching the device list\(wait)".prefix(max(1, Terminal.width - 1)))
  }

  private func bar(_ state: State) -> String {
    let left = Double(state.total - state.done)
    let doneSince = state.done - state.doneAtStart
    let pace = doneSince > 0 ? now().timeIntervalSince(state.startedAt) / Double(doneSince) : 0
    // The quota may take days where the interval alone takes hours.
    let byQuota = state.expectedEnd.map { $0.timeIntervalSince(now()) } ?? 0
    var parts = ["calls left \(state.callsLeft)"]
    if let nextCall = state.nextCall {
      parts.append("next call in \(ProgressLine.duration(nextCall.timeIntervalSince(now())))")
    }
    parts.append("ETA \(ProgressLine.duration(max(left * max(pace, state.secondsPerCall), byQuota)))")
    return ProgressLine(done: state.done, total: state.total, parts: parts).text(width: Terminal.width)
  }

  static func write(_ text: String) {
    // If stderr is closed, nobody reads it.
    try? Output.write(Array(text.utf8), to: STDERR_FILENO, "stderr")
  }
}
