import Foundation
import Pipeline
import Synchronization

/// The one clock of a simulation. Several actors share the stage, but only one acts at a time. When all of them wait,
/// time jumps to the one that wakes first, so a year passes in seconds and is reproducible.
final class StageClock: Sendable {
  private struct Sleeper {
    var until: Date
    var continuation: CheckedContinuation<Void, any Error>?
  }

  private struct State {
    var now: Date
    var awake = 0
    var sleepers: [Int: Sleeper] = [:]
    /// Woken before they went to sleep.
    var woken: Set<Int> = []
    var cancelled: Set<Int> = []
    var next = 0
  }

  private let state: Mutex<State>

  init(_ start: Date) {
    state = Mutex(State(now: start))
  }

  var now: Date { state.withLock { $0.now } }

  var pipelineClock: PipelineClock {
    PipelineClock(now: { self.now }, sleep: { try await self.sleep(until: $0) })
  }

  /// An actor's part and when it begins.
  struct Part: Sendable {
    var at: Date
    var play: @Sendable () async throws -> Void
  }

  /// Plays all parts to their ends.
  func perform(_ parts: [Part]) async throws {
    state.withLock { $0.awake += 1 }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in parts {
        let place = state.withLock { state in
          state.next += 1
          state.sleepers[state.next] = Sleeper(until: part.at)
          return state.next
        }
        group.addTask {
          defer { self.leave() }
          try await self.lieDown(place)
          try await part.play()
        }
      }
      leave()
      try await group.waitForAll()
    }
  }

  /// Returns when the clock shows `until`.
  func sleep(until: Date) async throws {
    let place: Int? = state.withLock { state in
      guard until > state.now else { return nil }
      state.next += 1
      state.sleepers[state.next] = Sleeper(until: until)
      state.awake -= 1
      return state.next
    }
    if let place { try await lieDown(place) }
  }

  private func lieDown(_ place: Int) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isUp = state.withLock { state in
          if state.woken.remove(place) != nil || state.cancelled.contains(place) { return true }
          state.sleepers[place]?.continuation = continuation
          return false
        }
        if isUp { continuation.resume() }
        wakeNext()
      }
    } onCancel: {
      let continuation = state.withLock { state in
        guard let sleeper = state.sleepers.removeValue(forKey: place) else {
          return nil as CheckedContinuation<Void, any Error>?
        }
        state.cancelled.insert(place)
        state.awake += 1
        return sleeper.continuation
      }
      continuation?.resume()
    }
    try Task.checkCancellation()
  }

  private func leave() {
    state.withLock { $0.awake -= 1 }
    wakeNext()
  }

  private func wakeNext() {
    let continuation = state.withLock { state in
      guard state.awake == 0,
        let (place, sleeper) = state.sleepers.min(by: { ($0.value.until, $0.key) < ($1.value.until, $1.key) })
      else { return nil as CheckedContinuation<Void, any Error>? }
      state.now = max(state.now, sleeper.until)
      state.awake = 1
      state.sleepers[place] = nil
      if sleeper.continuation == nil { state.woken.insert(place) }
      return sleeper.continuation
    }
    continuation?.resume()
  }
}
