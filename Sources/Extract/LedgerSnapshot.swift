import FoundationEssentials

/// What is known of the calls made so far, as far as the next one depends on it. Read from the table of calls.
public struct LedgerSnapshot: Hashable, Sendable {
  /// End of the last call that left from the same egress, whichever account's; nil when there was none.
  public var lastEndOnEgress: Date?
  /// A call is under way on the egress: it counts as ending now.
  public var isEgressBusy: Bool
  /// When the account's calls ended, those of the last 24 h at least; older ones do no harm. Ascending.
  public let accountEnds: [Date]
  /// The account's calls under way: they count as ending now.
  public var openAccountCalls: Int
  /// Since when the account is blocked (vendor error 1002); nil when it is not, or when a person has unblocked it.
  public var blockedSince: Date?
  /// Calls on the egress that ended in vendor error 1055, with no answered call between them or after them.
  public var tooFastInARow: Int
  /// When the last call on the egress that got vendor error 1055 ended, answered calls since then or not.
  public var lastTooFast: Date?

  public init(
    lastEndOnEgress: Date? = nil, isEgressBusy: Bool = false, accountEnds: [Date] = [], openAccountCalls: Int = 0,
    blockedSince: Date? = nil, tooFastInARow: Int = 0, lastTooFast: Date? = nil
  ) {
    self.lastEndOnEgress = lastEndOnEgress
    self.isEgressBusy = isEgressBusy
    self.accountEnds = accountEnds.sorted()
    self.openAccountCalls = openAccountCalls
    self.blockedSince = blockedSince
    self.tooFastInARow = tooFastInARow
    self.lastTooFast = lastTooFast
  }
}
