extension String {
  /// One line; libpq breaks its messages into several, indents them and ends them with a line feed.
  var onOneLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }

  /// Text from the first double quote to the last gives way to an ellipsis: it can hold quotes of its own.
  var withoutQuotedText: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(of: "\""), let last = scalars.lastIndex(of: "\"") else { return self }
    return String(scalars[..<first]) + "\"…\"" + String(scalars[scalars.index(after: last)...])
  }
}
