import FoundationEssentials

/// The vendor's clock: this machine's, or one that starts at another moment, and perhaps runs faster or stands still.
public struct SimulatedClock: Sendable {
  private let started: Date
  private let start: Date
  private let speed: Double
  private let machine: @Sendable () -> Date

  /// - Parameters:
  ///   - start: what the clock shows now.
  ///   - speed: simulated seconds a second; 0 stands still.
  ///   - machine: the clock that is read.
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

  /// What has happened in the fleet.
  public var now: Date { start.addingTimeInterval(elapsed * speed) }

  /// For interval and quota, which a caller waits for by its own clock: runs at speed 1 from the same start.
  public var arrival: Date { start.addingTimeInterval(elapsed) }

  private var elapsed: Double { machine().timeIntervalSince(started) }
}
