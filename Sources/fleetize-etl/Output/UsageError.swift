/// A command that makes no sense for this database; exits with 64.
struct UsageError: Error, Hashable, CustomStringConvertible {
  var description: String
  var hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }
}
