extension Simulator {
  /// The limits of calls. The defaults are those of the document.
  public struct Limits: Hashable, Sendable {
    /// Seconds between two calls from one address. Every call restarts the interval, even a refused one.
    public var interval: Double
    public var countsInterval: IntervalStart
    /// How many times in a row a token gets `#1055`. After that it gets `#1002` and is blocked.
    public var patience: Int
    /// Calls per account and day.
    public var quota: Int
    public var window: QuotaWindow
    /// Whether a call refused with `#1055` counts against the quota. The document leaves it open.
    public var countsRefusedCalls: Bool

    public init(
      interval: Double = 60, countsInterval: IntervalStart = .fromArrival, patience: Int = 5, quota: Int = 100,
      window: QuotaWindow = .sliding, countsRefusedCalls: Bool = true
    ) {
      self.interval = interval
      self.countsInterval = countsInterval
      self.patience = patience
      self.quota = quota
      self.window = window
      self.countsRefusedCalls = countsRefusedCalls
    }

    public static let unlimited = Limits(interval: 0, quota: .max)
  }

  /// The start of the interval.
  public enum IntervalStart: Hashable, Sendable {
    case fromArrival
    /// The end of the response, if it was delayed.
    case fromResponse
  }

  /// The day of the quota.
  public enum QuotaWindow: String, CaseIterable, Hashable, Sendable {
    /// Any 24 hours.
    case sliding
    /// From 00:00 UTC.
    case midnight
  }
}
