import FoundationEssentials
import Load

/// Keeps a job going until it is done: over quota windows, and through outages of the database and the API.
public struct WaitingLoop: Sendable {
  let clock: PipelineClock
  let interruption: Interruption
  let progress: any ProgressReporter

  public init(clock: PipelineClock, interruption: Interruption, progress: any ProgressReporter) {
    self.clock = clock
    self.interruption = interruption
    self.progress = progress
  }

  /// Repeats `attempt` until everything is done or waiting does not help.
  ///
  /// - Parameters:
  ///   - maxCalls: the most calls of all attempts together; nil for no limit.
  ///   - attempt: receives what is left of `maxCalls`. What it throws counts as a failure on this side, such as a lost database.
  /// - Returns: what all attempts did together, and how the last one ended.
  public func run(
    maxCalls: Int?, attempt: (_ maxCalls: Int?) async throws -> SyncResult
  ) async -> SyncResult {
    var sum = SyncResult()
    while true {
      var result = SyncResult()
      do {
        result = try await attempt(maxCalls.map { $0 - sum.totals.calls })
      } catch {
        result.failure = error
      }
      // A response that cannot be archived wastes a call. One may be bad luck, two in a row are not.
      let isTwice = sum.failure is UnarchivedResponse && result.failure is UnarchivedResponse
      sum.add(result)
      guard !isTwice, let until = result.nextAttempt(now: clock.now()) else { return sum }
      let reason = result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" } ?? ""
      progress.report(.note("\(reason); continuing at \(until.utcText)"))
      progress.report(.waiting(until: until, because: reason))
      do {
        try await interruption.wait { [clock] in try await clock.sleep(until) }
      } catch {
        sum.stop = .interrupted
        sum.signal = interruption.signal
        return sum
      }
    }
  }
}
