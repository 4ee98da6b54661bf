extension StopReason {
  /// The stable words by which JSON output, `etl.run`, `bi.run` and `status` say why a run ended early.
  ///
  /// Some name what is not a ``StopReason``, such as a database that is locked or unavailable.
  public enum Word: String, Sendable, CaseIterable {
    /// The calls of 24 h are used up.
    case quota
    /// The limit of `--max-calls` is reached.
    case maxCalls = "max_calls"
    /// Another process holds a lock of the database.
    case locked
    /// Vendor error 1055 twice in a row.
    case threshold
    /// Vendor error 1002.
    case blocked
    /// Vendor error 1000.
    case refused
    /// The API does not answer as its document says.
    case protocolViolated = "protocol"
    /// No listed device could be judged, for the second night in a row.
    case nobodyJudged = "nobody_judged"
    /// A backfill reached the end of the API's history.
    case historyEnds = "history_ends"
    /// The API or the database is unavailable.
    case unavailable
    /// By a signal.
    case interrupted
  }

  public var word: Word {
    switch self {
    case .quotaSpent: .quota
    case .callLimitReached: .maxCalls
    case .tokenRefused: .refused
    case .blocked: .blocked
    case .tooFastTwice: .threshold
    case .unreachable, .noDeviceList, .notBefore: .unavailable
    case .protocolViolated: .protocolViolated
    case .interrupted: .interrupted
    case .historyEnds: .historyEnds
    case .nobodyJudged: .nobodyJudged
    }
  }
}
