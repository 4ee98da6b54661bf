import CLibpq

/// A connection string for display, without its secrets.
public struct ConnectionSummary: Hashable, Sendable {
  /// For example `host=db.example.org user=fleetize password=…`.
  public let text: String
  /// Whether the string contains a password; true if it cannot be parsed.
  public let hasSecret: Bool

  /// - Parameter conninfo: a URI or `key=value` pairs; empty for libpq's environment.
  public init(_ conninfo: String) {
    var message: UnsafeMutablePointer<CChar>?
    guard (try? ConnectionString(conninfo)) != nil,
      let options = conninfo.isEmpty ? PQconndefaults() : PQconninfoParse(conninfo, &message)
    else {
      PQfreemem(message)
      text = "not shown: cannot be parsed"
      hasSecret = true
      return
    }
    defer { PQconninfoFree(options) }
    var parts: [String] = []
    var hasSecret = false
    var option = options
    while let keyword = option.pointee.keyword {
      // libpq marks passwords with a star and debugging options with a D.
      let kind = option.pointee.dispchar.map { String(cString: $0) } ?? ""
      if let value = option.pointee.val, value.pointee != 0, kind != "D" {
        let value = String(cString: value)
        // A stray & or @ can move a password into another value.
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
