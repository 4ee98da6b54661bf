import Synchronization

/// Turns a fault of the simulated vendor on and off during a test.
final class Switch: Sendable {
  private let state = Mutex(false)

  var isOn: Bool { state.withLock { $0 } }

  func turnOn() { state.withLock { $0 = true } }

  func turnOff() { state.withLock { $0 = false } }
}
