import FoundationEssentials
import Load
import Postgres
import Synchronization

/// The machine's clock, corrected by its offset from the database server's, so that all hosts stamp the ledger alike.
public final class DatabaseClock: Sendable {
  /// The two clocks at the same moment.
  public struct Comparison: Hashable, Sendable {
    public var machine: Date
    public var database: Date
    /// Half the duration of the query, in seconds.
    public var uncertainty: Double

    public init(machine: Date, database: Date, uncertainty: Double) {
      self.machine = machine
      self.database = database
      self.uncertainty = uncertainty
    }

    /// Seconds by which the database's clock is ahead.
    public var offset: Double { database.timeIntervalSince(machine) }

    /// Seconds by which the clocks certainly differ.
    public var difference: Double { max(0, abs(offset) - uncertainty) }

    public var isNotable: Bool { difference > 30 }

    /// Whether one of the clocks must be wrong, so that neither can decide when a day ends.
    public var isUnusable: Bool { difference > 300 }
  }

  private let offset = Mutex(0.0)
  private let hasWarned = Mutex(false)

  public init() {}

  public var clock: PipelineClock {
    PipelineClock(
      now: { [self] in now() },
      sleep: { [self] date in try await PipelineClock.sleep(until: date) { [self] in now() } })
  }

  public func now() -> Date { Date().addingTimeInterval(offset.withLock { $0 }) }

  /// Measures the offset and corrects the clock by it, unless one of the two clocks must be wrong.
  public func adjust(on db: isolated Connection) throws -> Comparison {
    let comparison = try Self.compare(on: db)
    if !comparison.isUnusable { offset.withLock { $0 = comparison.offset } }
    return comparison
  }

  /// Whether nobody asked before: a warning is enough for all connections.
  public func isFirstWarning() -> Bool {
    hasWarned.withLock { warned in
      defer { warned = true }
      return !warned
    }
  }

  public static func compare(on db: isolated Connection) throws -> Comparison {
    // The first query can be slow and is not measured.
    _ = try Health.serverTime(on: db)
    let before = Date()
    let database = try Health.serverTime(on: db)
    let took = Date().timeIntervalSince(before)
    return Comparison(machine: before.addingTimeInterval(took / 2), database: database, uncertainty: took / 2)
  }
}
