import Synchronization

/// A request to stop after the current device-day, such as by SIGTERM.
///
/// Waiting ends at once. A call in flight and the load after it are completed.
public final class Interruption: Sendable {
  private struct State {
    var signal: Int32?
    var waiting: [Int: Task<Void, any Error>] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  public init() {}

  /// The signal's number; nil while no stop was requested.
  public var signal: Int32? { state.withLock { $0.signal } }

  /// Requests a stop. The first signal counts.
  public func interrupt(signal: Int32) {
    let waiting = state.withLock { state in
      state.signal = state.signal ?? signal
      return Array(state.waiting.values)
    }
    for task in waiting { task.cancel() }
  }

  /// Runs `wait`, which ends early on an interruption.
  ///
  /// - Throws: ``StopReason/interrupted`` if a stop was requested.
  public func wait(_ wait: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await wait() }
    let number = state.withLock { state in
      state.next += 1
      state.waiting[state.next] = task
      if state.signal != nil { task.cancel() }
      return state.next
    }
    defer { state.withLock { $0.waiting[number] = nil } }
    let result = await withTaskCancellationHandler {
      await task.result
    } onCancel: {
      task.cancel()
    }
    try check()
    try result.get()
  }

  /// - Throws: ``StopReason/interrupted`` if a stop was requested.
  public func check() throws {
    if signal != nil { throw StopReason.interrupted }
  }
}
