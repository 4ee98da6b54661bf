extension PostgresError {
  /// What is the matter with the server, or with our rights on it; not with what was asked.
  public enum Trouble: Hashable, Sendable {
    /// Its disk, memory or list of connections is full.
    case noRoom
    /// It takes no writes: a standby, or set to read only.
    case readOnly
    /// The role lacks a privilege.
    case notPermitted
    /// Others hold for too long what is needed, or work against us.
    case contended
    /// A person or a time limit stopped the statement.
    case stopped
  }

  /// Nil for any other error of the server, and where no server answered.
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

  /// Whether the server gave a transaction up for the sake of another: doing it again from its start is all it takes.
  var isConflict: Bool { kind == .server && ["40001", "40P01"].contains(sqlState) }
}
