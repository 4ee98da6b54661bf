/// The personal API token of a FLEETIZE user: a secret that prints as redacted, however it is printed.
///
/// Its text leaves this module in a request body alone.
public struct Token: Hashable, Sendable {
  let secret: String

  /// - Parameter text: The token; white space around it is dropped.
  /// - Throws: when nothing is left, or when what is left cannot be a token (white space, control or other characters
  ///   outside of printable ASCII, which come from a careless copy).
  public init(_ text: String) throws(SettingError) {
    let trimmed = Self.trimmed(text)
    guard !trimmed.isEmpty else {
      throw SettingError(
        "the API token is empty",
        hint: "set FLEETIZE_API_TOKEN to the API token of your user (My Account > Administration in FLEETIZE)")
    }
    guard trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw SettingError(
        "the API token contains white space or characters that are not printable ASCII",
        hint: """
          copy the token again into FLEETIZE_API_TOKEN or its file, alone and on one line (My Account > Administration in \
          FLEETIZE)
          """)
    }
    secret = trimmed
  }

  private static func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.startIndex
    return String(text[..<end].drop(while: \.isWhitespace))
  }
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<redacted>" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
