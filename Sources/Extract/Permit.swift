import FoundationEssentials

/// Whether the next call may leave.
public enum Permit: Hashable, Sendable {
  case send
  /// The interval ends then. Ask again: another process may have called meanwhile.
  case wait(until: Date)
  /// The quota is used up. The next call may leave then, unless another process takes it.
  case exhausted(until: Date)
  /// Vendor error 1002: no call leaves until a person runs `unblock`.
  case blocked(since: Date)
  /// Vendor error 1055 twice in a row: the run ends. One call may try again then.
  case tooFastTwice(until: Date)
}
