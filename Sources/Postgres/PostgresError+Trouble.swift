extension PostgresError {
  /// A problem of the server or of the role's privileges, as opposed to one of the statement.
  public enum Trouble: Hashable, Sendable {
    /// Its disk, memory or connection limit is exhausted.
    case noRoom
    /// It accepts no writes: a standby, or read-only.
    case readOnly
    /// The role lacks a privilege.
    case notPermitted
    /// Other sessions hold a lock for too long or conflict with this one.
    case contended
    /// An administrator or a timeout stopped the statement.
    case stopped
  }

  /// Nil for other errors.
  public var trouble: Trouble? {
    guard kind == .server, let sqlState else { return nil }
    switch sqlState {
    case "25006": return .readOnly
    case "42501": return .notPermitted
    case "55P03": return .contended
    case "57014": return .stopped
    case _ where isConflict: return .contended
    case _ where sqlState.hasPrefix("53"): return .noRoom
    default: return nil
    }
  }

  /// Whether the server aborted the transaction in favor of another; repeating it is enough.
  var isConflict: Bool { kind == .server && ["40001", "40P01"].contains(sqlState) }
}
