import FoundationEssentials
import Pipeline
import Synchronization

import Glibc

/// Shows the progress of a replay on stderr: a bar on a terminal, a line every ten seconds elsewhere.
final class ReplayPrinter: Sendable {
  private struct State {
    /// Seconds from the start to the latest line.
    var lastLine = 0.0
    var barIsShown = false
  }

  private let state = Mutex(State())
  private let account: String
  private let isTerminal: Bool
  private let elapsed: @Sendable () -> Double
  private let write: @Sendable (String) -> Void

  /// - Parameters:
  ///   - isTerminal: whether `write` leads to a terminal.
  ///   - elapsed: seconds since the replay began.
  init(
    account: String, isTerminal: Bool = Terminal.canRedraw,
    elapsed: @escaping @Sendable () -> Double = secondsFromNow(),
    write: @escaping @Sendable (String) -> Void = { ProgressPrinter.write($0) }
  ) {
    self.account = account
    self.isTerminal = isTerminal
    self.elapsed = elapsed
    self.write = write
  }

  func report(_ progress: ReplayProgress) {
    state.withLock { state in
      if isTerminal {
        write(
          "\r\u{1B}[K" + bar(progress))
        state.barIsShown = true
      } else if elapsed() - state.lastLine >= 10 {
        state.lastLine = elapsed()
        write("[\(account)] \(progress.responses)/\(progress.totalResponses) responses, \(tail(progress))\n")
      }
    }
  }

  private func bar(_ progress: ReplayProgress) -> String {
    ProgressLine(done: progress.responses, total: progress.totalResponses, parts: [tail(progress)])
      .text(width: Terminal.width)
  }

  /// Ends the line of the bar.
  func finish() {
    state.withLock { state in
      if state.barIsShown { write("\n") }
      state.barIsShown = false
    }
  }

  /// Estimated by bytes, because responses differ in size.
  private func tail(_ progress: ReplayProgress) -> String {
    let elapsed = elapsed()
    guard elapsed > 0, progress.bytes > 0 else { return "" }
    let left = elapsed / Double(progress.bytes) * Double(max(0, progress.totalBytes - progress.bytes))
    return "\(Int(Double(progress.points) / elapsed)) points/s, ETA \(ProgressLine.duration(left))"
  }
}

private func secondsFromNow() -> @Sendable () -> Double {
  let start = ContinuousClock.now
  return { (ContinuousClock.now - start) / .seconds(1) }
}
