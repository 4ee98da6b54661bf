extension Collection {
  /// Whether there are elements, and all of them satisfy `predicate`: an expectation about none could not fail.
  public func hasOnly(where predicate: (Element) throws -> Bool) rethrows -> Bool {
    try !isEmpty && allSatisfy(predicate)
  }
}
