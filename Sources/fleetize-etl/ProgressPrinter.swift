import FleetModel
import FoundationEssentials
import Pipeline
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells on stderr what a run does: a live bar on a terminal, one line a device-day elsewhere.
final class ProgressPrinter: ProgressReporter {
  private struct State {
    var done = 0
    var total = 0
    /// What was done before the latest plan.
    var doneAtStart = 0
    var callsLeft = 0
    var secondsPerCall = 0.0
    var nextCall: Date?
    var expectedEnd: Date?
    var startedAt = Date()
    var barIsShown = false
  }

  private let state = Mutex(State())
  private let account: String
  private let isTerminal: Bool

  /// - Parameter isOnlyOne: whether no other account is worked on beside this one: a terminal has room for one bar.
  init(account: String, isOnlyOne: Bool) {
    self.account = account
    isTerminal = isOnlyOne && isatty(STDERR_FILENO) == 1
  }

  func report(_ event: ProgressEvent) {
    state.withLock { state in
      switch event {
      case .planned(let priced, let interval):
        let isAnew = state.total > 0
        // A backfill that waits plans anew what is left.
        state.total = max(state.total, priced.plan.calls.count)
        state.done = state.total - priced.plan.calls.count
        state.doneAtStart = state.done
        state.callsLeft = priced.callsLeft
        state.secondsPerCall = interval
        state.expectedEnd = priced.expectedEnd
        state.startedAt = Date()
        state.nextCall = nil
        guard isAnew, !isTerminal else { break }
        let end = state.expectedEnd.map { ", the end is expected at \($0.utcText)" } ?? ""
        line("\(state.done) of \(state.total) device-days done\(end)", &state)
      case .waiting(let until):
        state.nextCall = until
      // Elsewhere than on a terminal a wait is no news.
      case .retrying(let fault, let after):
        line("\(fault); trying again in \(Int(after.rounded(.up))) s", &state)
      case .loaded(let call, let routes, let points, let isUnchanged, let dayState, let callsLeft):
        state.done += 1
        state.callsLeft = callsLeft
        state.nextCall = nil
        guard !isTerminal else { break }
        let what = isUnchanged ? "unchanged" : "\(routes) routes, \(points) points"
        line("device \(call.device) \(call.day): \(what), \(dayState?.name ?? "unknown")", &state)
      case .failed(let call, let fault, let isLast):
        if isLast { state.done += 1 }
        line(
          "device \(call.device) \(call.day): \(fault)\(isLast ? "; given up for this run" : "; tried again later")",
          &state)
      case .notNeeded(let call):
        state.done += 1
        if !isTerminal { line("device \(call.device) \(call.day): no call needed any more", &state) }
      case .recovered(let responses):
        line("loaded \(responses) responses that an earlier run had archived", &state)
      case .note(let text):
        line(text, &state)
      }
      if isTerminal { drawBar(&state) }
    }
  }

  /// Ends the bar's line.
  func finish() {
    state.withLock { state in
      if state.barIsShown { Self.write("\n") }
      state.barIsShown = false
    }
  }

  private func line(_ text: String, _ state: inout State) {
    if state.barIsShown { Self.write("\r\u{1B}[K") }
    state.barIsShown = false
    Self.write("[\(account)] \(text)\n")
  }

  private func drawBar(_ state: inout State) {
    guard state.total > 0 else { return }
    Self.write("\r\u{1B}[K\(Self.bar(done: state.done, total: state.total)) \(tail(state))")
    state.barIsShown = true
  }

  static func bar(done: Int, total: Int, width: Int = 24) -> String {
    let filled = total == 0 ? width : width * min(done, total) / total
    return "[\(String(repeating: "#", count: filled))\(String(repeating: "-", count: width - filled))] \(done)/\(total)"
  }

  private func tail(_ state: State) -> String {
    let left = Double(state.total - state.done)
    let elapsed = Date().timeIntervalSince(state.startedAt)
    let doneSince = state.done - state.doneAtStart
    let pace = doneSince > 0 ? elapsed / Double(doneSince) : 0
    // The quota may need days where the interval alone needs hours.
    let byQuota = state.expectedEnd.map { $0.timeIntervalSinceNow } ?? 0
    var parts = ["calls left \(state.callsLeft)"]
    if let nextCall = state.nextCall {
      parts.append("next call in \(Int(max(0, nextCall.timeIntervalSinceNow).rounded(.up))) s")
    }
    parts.append("ETA \(Self.duration(max(left * max(pace, state.secondsPerCall), byQuota)))")
    return parts.joined(separator: ", ")
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded(.up))
    if whole >= 86_400 { return "\(whole / 86_400) d \(whole % 86_400 / 3_600) h" }
    if whole >= 3_600 { return "\(whole / 3_600) h \(whole % 3_600 / 60) min" }
    if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole) s"
  }

  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
