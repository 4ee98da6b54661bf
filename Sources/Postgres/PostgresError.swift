/// An error of PostgreSQL or of the connection to it.
///
/// ``message`` and `description` never contain the value of a parameter, a COPY row or a password. ``detail`` and ``context``
/// come from the server and may quote stored values, as in `Key (id)=(5) already exists`; `description` omits them.
public struct PostgresError: Error, Sendable {
  public enum Kind: Hashable, Sendable {
    /// No connection was made.
    case connectFailed
    /// No connection was made, and none will be with these settings: address, user, password or database are wrong.
    case wrongTarget
    /// The connection was there and is gone; whether a commit in flight took effect is unknown.
    case connectionLost
    /// The server refused a statement; the connection is usable.
    case server
    /// A value does not have the requested Swift type.
    case decode
    /// The call is not allowed here, such as a transaction within a transaction.
    case usage
    /// The server stored a different number of rows than were sent.
    case copyMismatch
    /// The task was cancelled; the statement had no effect and the connection is usable.
    case cancelled
  }

  /// A position in a statement; line and column count from 1.
  public struct Position: Hashable, Sendable {
    public var line: Int
    public var column: Int
  }

  public var kind: Kind
  /// Five characters; nil if the server reported none, as for every connection failure.
  public var sqlState: String?
  /// What failed, in the server's words if it reported the error.
  public var message: String
  /// May quote stored values, so never log it.
  public var detail: String?
  public var hint: String?
  /// May quote stored values, so never log it.
  public var context: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  public var dataType: String?
  public var constraint: String?
  /// Where in ``statement`` the server found the error.
  public var position: Position?
  /// Which statement of a script failed, counted from 1.
  public var statementNumber: Int?
  /// The SQL text with `$1`, `$2`… in place of values.
  public var statement: String?
  /// Which row of a COPY was refused, counted from 1.
  public var copyRow: Int?

  public init(_ kind: Kind, _ message: String, hint: String? = nil, statement: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.statement = statement
  }

  /// Whether the connection is unusable: open a new one and repeat the transaction.
  public var isConnectionLost: Bool { kind == .connectionLost }

  /// Whether the database cannot be reached.
  public var isUnavailable: Bool { kind == .connectFailed || kind == .connectionLost }

  public var isCancelled: Bool { kind == .cancelled }
}
