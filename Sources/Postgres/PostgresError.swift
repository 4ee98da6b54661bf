/// What went wrong between us and PostgreSQL.
///
/// Never holds the value of a parameter, a COPY row or a password in ``message`` or `description`.
/// ``detail`` and ``context`` are the server's own and may quote stored values such as `Key (id)=(5) already exists`;
/// `description` leaves them out and ``fullDescription`` has them.
public struct PostgresError: Error, Sendable {
  public enum Kind: Hashable, Sendable {
    /// No connection was made.
    case connectFailed
    /// The connection was there and is gone; whether a commit in flight took effect is unknown.
    case connectionLost
    /// The server refused a statement; the connection is usable.
    case server
    /// A value is not of the Swift type that was asked for.
    case decode
    /// The call makes no sense here, such as a transaction in a transaction.
    case usage
    /// The server stored another number of rows than were sent.
    case copyMismatch
    /// The task was cancelled; the statement had no effect and the connection is usable.
    case cancelled
  }

  /// A place in a statement, counted in characters from 1.
  public struct Position: Hashable, Sendable {
    public var line: Int
    public var column: Int
  }

  public var kind: Kind
  /// Five characters; nil where the server did not say one, so for every error of connecting.
  public var sqlState: String?
  /// What failed, in the server's words where it has some.
  public var message: String
  /// May quote stored values: not for logs.
  public var detail: String?
  public var hint: String?
  /// May quote stored values: not for logs.
  public var context: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  public var dataType: String?
  public var constraint: String?
  /// Where in ``statement`` the server found the mistake.
  public var position: Position?
  /// Which of the statements of a script failed, from 1.
  public var statementNumber: Int?
  /// The SQL text with `$1`, `$2`… in the place of values.
  public var statement: String?
  /// Which row of a COPY was refused, from 1.
  public var copyRow: Int?

  public init(_ kind: Kind, _ message: String, hint: String? = nil, statement: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.statement = statement
  }

  /// Whether the connection is of no more use: open another and do the transaction again.
  public var isConnectionLost: Bool { kind == .connectionLost }

  /// Whether the database cannot be reached at all, now or any more.
  public var isUnavailable: Bool { kind == .connectFailed || kind == .connectionLost }

  public var isCancelled: Bool { kind == .cancelled }
}
