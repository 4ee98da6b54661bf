import FoundationEssentials

/// What the call ledger says at a moment, as far as the next call depends on it. Calls in flight count as ending now.
public struct LedgerSnapshot: Hashable, Sendable {
  /// When the last call on the egress ended, whichever account made it; nil if there was none.
  public var lastEndOnEgress: Date?
  /// When the account's calls ended, at least those of the last 24 h, oldest first.
  public var accountEnds: [Date]
  /// Since when the account is blocked (vendor error 1002); nil if it is not.
  public var blockedSince: Date?
  /// How many of the latest calls on the egress ended in vendor error 1055, counted back to the last one that did not.
  public var tooFastInARow: Int
  /// When the last call on the egress that got vendor error 1055 ended, whatever came after it.
  public var lastTooFast: Date?

  public init(
    lastEndOnEgress: Date? = nil, accountEnds: [Date] = [], blockedSince: Date? = nil, tooFastInARow: Int = 0,
    lastTooFast: Date? = nil
  ) {
    self.lastEndOnEgress = lastEndOnEgress
    self.accountEnds = accountEnds.sorted()
    self.blockedSince = blockedSince
    self.tooFastInARow = tooFastInARow
    self.lastTooFast = lastTooFast
  }
}
