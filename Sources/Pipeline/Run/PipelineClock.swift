import FoundationEssentials

/// The one clock. Every decision takes its `now` from it, so that tests can simulate a year of nights in seconds.
public struct PipelineClock: Sendable {
  public let now: @Sendable () -> Date
  /// Returns at `date`, or at once if it has passed; throws `CancellationError`.
  public let sleep: @Sendable (_ until: Date) async throws -> Void

  public init(
    now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (_ until: Date) async throws -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// The machine's clock.
  public static let system = PipelineClock(
    now: { Date() },
    sleep: { date in try await sleep(until: date) { Date() } })

  /// In slices, because the wall clock may be set meanwhile.
  static func sleep(until date: Date, now: @Sendable () -> Date) async throws {
    while case let left = date.timeIntervalSince(now()), left > 0 {
      try await Task.sleep(for: .seconds(min(left, 10)))
    }
  }
}
