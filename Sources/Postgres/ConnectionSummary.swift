import CLibpq

/// What a connection string says, for people: its secrets left out.
public struct ConnectionSummary: Hashable, Sendable {
  /// Such as `host=db.example.org user=fleetize password=…`.
  public let text: String
  /// Whether a password is in the string; also when nobody can read it.
  public let hasSecret: Bool

  /// - Parameter conninfo: a URI or `key=value` pairs; empty for what libpq finds in its environment.
  public init(_ conninfo: String) {
    var message: UnsafeMutablePointer<CChar>?
    guard (try? ConnectionString(conninfo)) != nil,
      let options = conninfo.isEmpty ? PQconndefaults() : PQconninfoParse(conninfo, &message)
    else {
      PQfreemem(message)
      text = "not shown: cannot be read"
      hasSecret = true
      return
    }
    defer { PQconninfoFree(options) }
    var parts: [String] = []
    var hasSecret = false
    var option = options
    while let keyword = option.pointee.keyword {
      // Libpq marks with a star what is not to be seen on a screen, and with a D what is for developers.
      let kind = option.pointee.dispchar.map { String(cString: $0) } ?? ""
      if let value = option.pointee.val, value.pointee != 0, kind != "D" {
        let value = String(cString: value)
        // The second is one that slipped into another value, by a & or an @ too many.
        let isSecret = kind == "*" || value.contains("password=")
        hasSecret = hasSecret || isSecret
        parts.append("\(String(cString: keyword))=\(isSecret ? "…" : value)")
      }
      option += 1
    }
    text = parts.joined(separator: " ")
    self.hasSecret = hasSecret
  }
}
