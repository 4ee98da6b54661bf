import Synchronization

/// A request to stop at the next device-day's end, such as by SIGTERM.
///
/// Waiting ends at once; a call in flight and the load after it are finished.
public final class Interruption: Sendable {
  private struct State {
    var signal: Int32?
    var waiting: [Int: Task<Void, any Error>] = [:]
    var next = 0
  }

  private let state = Mutex(State())

  public init() {}

  /// The signal's number; nil while nobody asked to stop.
  public var signal: Int32? { state.withLock { $0.signal } }

  /// Asks to stop. The first signal counts.
  public func interrupt(signal: Int32) {
    let waiting = state.withLock { state in
      state.signal = state.signal ?? signal
      return Array(state.waiting.values)
    }
    for task in waiting { task.cancel() }
  }

  /// Waits with `wait`, but not past an interruption.
  ///
  /// - Throws: ``StopReason/interrupted`` when one was asked for.
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

  /// - Throws: ``StopReason/interrupted`` when an interruption was asked for.
  public func check() throws {
    if signal != nil { throw StopReason.interrupted }
  }
}
