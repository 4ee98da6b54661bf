import FoundationEssentials

/// The vendor's clock: that of this machine, or one that starts at another time and may be fast or stopped.
public struct SimulatedClock: Sendable {
  private let started: Date
  private let start: Date
  private let speed: Double
  private let machine: @Sendable () -> Date

  /// - Parameters:
  ///   - start: The vendor's time now.
  ///   - speed: Simulated seconds per second; 0 stops the clock.
  ///   - machine: The underlying clock.
  public init(
    startingAt start: Date? = nil, speed: Double = 1, machine: @escaping @Sendable () -> Date = { Date() }
  ) {
    started = machine()
    self.start = start ?? started
    self.speed = speed
    self.machine = machine
  }

  public static var system: SimulatedClock { SimulatedClock() }

  public static func fixed(_ moment: Date) -> SimulatedClock { SimulatedClock(startingAt: moment, speed: 0) }

  /// The fleet's time.
  public var now: Date { start.addingTimeInterval(elapsed * speed) }

  /// The time for interval and quota. It always runs at speed 1, because callers wait by their own clocks.
  public var arrival: Date { start.addingTimeInterval(elapsed) }

  private var elapsed: Double { machine().timeIntervalSince(started) }
}
