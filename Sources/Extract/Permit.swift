import FoundationEssentials

/// Whether the next call may leave.
public enum Permit: Hashable, Sendable {
  case send
  /// The interval runs until then. Ask again: another process may have called meanwhile.
  case wait(until: Date)
  /// The quota of the last 24 h is spent; the next call may leave then, if nobody else takes it.
  case exhausted(until: Date)
  /// Vendor error 1002: nothing leaves until a person says `unblock`.
  case blocked(since: Date)
  /// Vendor error 1055 twice in a row: this run ends; one call may try again then.
  case tooFastTwice(until: Date)
}
