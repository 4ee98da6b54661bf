extension String {
  /// On one line: libpq splits its messages into indented lines and ends them with a line feed.
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  /// Replaces everything from the first double quote to the last by an ellipsis; the quoted text may contain quotes.
  var withoutQuotedText: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(of: "\""), let last = scalars.lastIndex(of: "\"") else { return self }
    return String(scalars[..<first]) + "\"…\"" + String(scalars[scalars.index(after: last)...])
  }
}
