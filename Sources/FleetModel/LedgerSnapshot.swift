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

extension LedgerSnapshot {
  /// The same with ends in the future, which come from a wrong clock, as if they were now.
  public func asKnown(at now: Date) -> LedgerSnapshot {
    let latest = [lastEndOnEgress, accountEnds.last, lastTooFast].compactMap { $0 }.max()
    guard let latest, latest > now else { return self }
    var known = self
    known.lastEndOnEgress = lastEndOnEgress.map { min($0, now) }
    known.accountEnds = accountEnds.map { min($0, now) }
    known.lastTooFast = lastTooFast.map { min($0, now) }
    return known
  }
}
