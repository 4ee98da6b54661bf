extension Simulator {
  /// How often one may call. The defaults are the document's.
  public struct Limits: Hashable, Sendable {
    /// Seconds between two calls from one address; each call restarts the counter, a refused one too.
    public var interval: Double
    public var countsInterval: IntervalStart
    /// How many `#1055` in a row a token is forgiven; the next one is `#1002`, and the token is blocked.
    public var patience: Int
    /// Calls of an account a day.
    public var quota: Int
    public var window: QuotaWindow
    /// Whether a call refused with `#1055` uses up quota; the document leaves it open.
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

  /// What the interval counts from.
  public enum IntervalStart: Hashable, Sendable {
    case fromArrival
    /// The end of a response that was delayed.
    case fromResponse
  }

  /// What a day is for the quota.
  public enum QuotaWindow: String, CaseIterable, Hashable, Sendable {
    /// Any 24 hours.
    case sliding
    /// From 00:00 UTC.
    case midnight
  }
}
