import FoundationEssentials
import Pipeline
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Tells on stderr how far a replay is: a live bar on a terminal, a line every ten seconds elsewhere.
final class ReplayPrinter: Sendable {
  private struct State {
    var lastLine = ContinuousClock.now
    var barIsShown = false
  }

  private let state = Mutex(State())
  private let account: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let startedAt = ContinuousClock.now

  init(account: String) {
    self.account = account
  }

  func report(_ progress: ReplayProgress) {
    state.withLock { state in
      if isTerminal {
        ProgressPrinter.write(
          "\r\u{1B}[K\(ProgressPrinter.bar(done: progress.answers, total: progress.totalAnswers)) \(tail(progress))")
        state.barIsShown = true
      } else if ContinuousClock.now - state.lastLine >= .seconds(10) {
        state.lastLine = ContinuousClock.now
        ProgressPrinter.write("[\(account)] \(progress.answers)/\(progress.totalAnswers) answers, \(tail(progress))\n")
      }
    }
  }

  /// Ends the bar's line.
  func finish() {
    state.withLock { state in
      if state.barIsShown { ProgressPrinter.write("\n") }
      state.barIsShown = false
    }
  }

  /// By bytes: answers differ in size, and lists come first.
  private func tail(_ progress: ReplayProgress) -> String {
    let elapsed = (ContinuousClock.now - startedAt) / .seconds(1)
    guard elapsed > 0, progress.bytes > 0 else { return "" }
    let left = elapsed / Double(progress.bytes) * Double(max(0, progress.totalBytes - progress.bytes))
    return "\(Int(Double(progress.points) / elapsed)) points/s, ETA \(ProgressPrinter.duration(left))"
  }
}
