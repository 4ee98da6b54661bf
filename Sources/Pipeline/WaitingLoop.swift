import FoundationEssentials
import Load

/// Keeps a job going until it is done: over quota windows, and while the database or the API is away.
public struct WaitingLoop: Sendable {
  let clock: PipelineClock
  let interruption: Interruption
  let progress: any ProgressReporter

  public init(clock: PipelineClock, interruption: Interruption, progress: any ProgressReporter) {
    self.clock = clock
    self.interruption = interruption
    self.progress = progress
  }

  /// Tries until all is done or waiting does not help.
  ///
  /// - Parameters:
  ///   - maxCalls: no more calls than this in all; nil for no such limit.
  ///   - attempt: gets the calls that are left of `maxCalls`; what it throws is a failure of ours, such as a lost database.
  /// - Returns: what all attempts did, and how the last one ended.
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
      // Responses that cannot be kept are calls for nothing: one may be bad luck.
      let isTwice = sum.failure is UnarchivedResponse && result.failure is UnarchivedResponse
      sum.add(result)
      guard !isTwice, let until = result.nextAttempt(now: clock.now()) else { return sum }
      progress.report(
        .note("\(result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" } ?? ""); going on at \(until.utcText)"))
      progress.report(.waiting(until: until))
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
