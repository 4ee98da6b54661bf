import Foundation
import Pipeline
import Synchronization

/// A clock that a test sets.
final class ClockHand: Sendable {
  private let time: Mutex<Date>

  init(_ start: Date) {
    time = Mutex(start)
  }

  var now: Date {
    get { time.withLock { $0 } }
    set { time.withLock { $0 = newValue } }
  }

  var pipelineClock: PipelineClock {
    PipelineClock(now: { self.now }, sleep: { self.now = max(self.now, $0) })
  }
}
