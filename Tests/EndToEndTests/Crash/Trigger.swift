/// A moment in the conversation between the program and PostgreSQL, found by the text of a statement.
struct Trigger: Sendable {
  enum Moment: Sendable {
    /// The statement has left the program and not reached the server.
    case before
    /// The statement is with the server, and its response has not come.
    case during
    /// The server has answered, and the program does not know.
    case answered
    /// The program has the response; it is doing whatever comes next.
    case heard
    /// The rows of a COPY are under way: half of this message of them has reached the server.
    case inData(message: Int)
  }

  var moment: Moment
  /// Part of the statement's text, with single spaces.
  var statement: String
  /// Part of an earlier statement of the transaction that is open.
  var within: String?
  /// Part of a statement of the transaction that was the last to end.
  var following: String?
  /// Which of the statements that fit.
  var occurrence = 1

  init(
    _ moment: Moment, _ statement: String, within: String? = nil, following: String? = nil, occurrence: Int = 1
  ) {
    self.moment = moment
    self.statement = statement
    self.within = within
    self.following = following
    self.occurrence = occurrence
  }

  func fits(_ text: String, open: [String], last: [String]) -> Bool {
    func has(_ part: String?, in statements: [String]) -> Bool {
      part.map { part in statements.contains { $0.contains(part) } } ?? true
    }
    return text.contains(statement) && has(within, in: open) && has(following, in: last)
  }
}
