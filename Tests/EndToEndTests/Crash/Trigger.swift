/// A moment in the conversation between the program and PostgreSQL, identified by the text of a statement.
struct Trigger: Sendable {
  enum Moment: Sendable {
    /// The program has sent the statement, and the server has not received it.
    case before
    /// The server has the statement and has not answered.
    case during
    /// The server has answered, and the program has not received the answer.
    case answered
    /// The program has the answer and continues with its work.
    case heard
    /// In the middle of COPY: half of this data message has reached the server.
    case inData(message: Int)
  }

  var moment: Moment
  /// Part of the statement's text, with whitespace collapsed.
  var statement: String
  /// Part of an earlier statement of the open transaction.
  var within: String?
  /// Part of a statement of the transaction that ended last.
  var following: String?
  /// Which of the matching statements, from 1.
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
      part.map { part in statements.contains { $0.hasWords(part) } } ?? true
    }
    return text.hasWords(statement) && has(within, in: open) && has(following, in: last)
  }
}

extension String {
  /// Whether `part` occurs and ends where a word ends: `etl.response` is not part of a statement about `etl.response_day`.
  fileprivate func hasWords(_ part: String) -> Bool {
    ranges(of: part).contains { range in
      range.upperBound == endIndex || !(self[range.upperBound].isLetter || self[range.upperBound] == "_")
    }
  }
}
