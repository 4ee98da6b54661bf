import CLibpq

/// A connection string, checked before libpq parses it, because libpq's messages quote the text with its password.
struct ConnectionString {
  let text: String
  private let options: [String: String]

  /// - Parameter text: a URI, `key=value` pairs, or empty for libpq's environment, `.pgpass` and service file.
  init(_ text: String) throws {
    self.text = text
    let hint =
      "use postgresql://user@host:port/database, or host=… dbname=…; in a URI write @ : / % of a password as %40 %3A %2F %25"
    guard !text.utf8.contains(0) else {
      throw PostgresError(.wrongTarget, "the connection string contains a NUL character")
    }
    if let (problem, hint) = Self.foreignFormat(of: text) { throw PostgresError(.wrongTarget, problem, hint: hint) }
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &message) else {
      let reason = message.map { String(cString: $0).onOneLine.withoutQuotedText } ?? "out of memory"
      PQfreemem(message)
      throw PostgresError(.wrongTarget, "the connection string cannot be read: \(reason)", hint: hint)
    }
    defer { PQconninfoFree(parsed) }
    options = Self.values(of: parsed)
    // An unescaped @ or / in a password moves the rest of it into the host, port or database.
    let isMisread =
      text.contains("://")
      && (options["host", default: ""].contains("@") || options["dbname", default: ""].contains("@")
        || !options["port", default: ""].allSatisfy { $0.isNumber || $0 == "," })
    guard !isMisread else {
      throw PostgresError(.wrongTarget, "the connection string has an implausible host, port or database", hint: hint)
    }
  }

  /// Parameters that other programs add to the URI.
  private static let foreignParameters = [
    "schema", "pgbouncer", "connection_limit", "pool_timeout", "pool_size", "sslaccept", "socket_timeout", "ssl",
    "statement_cache_size", "prepared_statements", "currentSchema", "serverTimezone", "charset", "reconnect",
    "sslidentity",
  ]

  /// What is wrong with a string that was written for another program, and what to do.
  private static func foreignFormat(of text: String) -> (problem: String, hint: String)? {
    if text.utf8.contains(0) { return ("the connection string contains a NUL character", "remove it") }
    if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
      return ("the connection string starts or ends with white space", "remove the white space, such as a line end")
    }
    if let quote = text.first, "\"'`".contains(quote) {
      return ("the connection string starts with a quote", "remove the quotes around it")
    }
    if text.hasPrefix("jdbc:") {
      return ("the connection string is for JDBC", "write it as postgresql://user@host:port/database")
    }
    guard let scheme = text.prefixMatch(of: /([A-Za-z0-9+.-]+):\/\//)?.output.1 else { return nil }
    guard ["postgresql", "postgres"].contains(scheme) else {
      let isDialect = scheme.hasPrefix("postgres")
      return (
        isDialect ? "the connection string names a driver" : "the connection string is not for PostgreSQL",
        "let it start with postgresql://"
      )
    }
    let query = text.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let names = query.split(separator: "&").compactMap { $0.split(separator: "=").first.map(String.init) }
    guard let name = names.first(where: { foreignParameters.contains($0) }) else { return nil }
    return ("the connection string has the parameter \(name), which PostgreSQL does not know", "remove \(name)=…")
  }

  static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var values: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    return values
  }

  /// Keywords and values for libpq, defaults first: later ones override earlier ones.
  func parameters(applicationName: String, environment: [String: String]) -> [(keyword: String, value: String)] {
    var parameters = [("fallback_application_name", applicationName)]
    // Explicit parameters would override the service file.
    if options["service"] == nil, environment["PGSERVICE"] == nil {
      // Detects a vanished server within two minutes instead of two hours.
      parameters += [("keepalives_idle", "60"), ("keepalives_interval", "10"), ("keepalives_count", "6")]
      if environment["PGCONNECT_TIMEOUT"] == nil { parameters.append(("connect_timeout", "10")) }
    }
    return parameters + [("dbname", text), ("client_encoding", "UTF8")]
  }
}
