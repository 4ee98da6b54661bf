import Synchronization

/// Tells its n-th asking from all others; 0 never comes.
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
