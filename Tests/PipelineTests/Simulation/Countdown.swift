import Synchronization

/// True at the n-th call alone; never for 0.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(from count: Int) {
    left = Mutex(count)
  }

  func isOver() -> Bool {
    left.withLock { left in
      left -= 1
      return left == 0
    }
  }
}
