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
      throw PostgresError(.connectFailed, "the connection string contains a NUL character")
    }
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &message) else {
      let reason = message.map { String(cString: $0).onOneLine.withoutQuotedText } ?? "out of memory"
      PQfreemem(message)
      throw PostgresError(.connectFailed, "the connection string cannot be read: \(reason)", hint: hint)
    }
    defer { PQconninfoFree(parsed) }
    options = Self.values(of: parsed)
    // An unescaped @ or / in a password moves the rest of it into the host, port or database.
    let isMisread =
      text.contains("://")
      && (options["host", default: ""].contains("@") || options["dbname", default: ""].contains("@")
        || !options["port", default: ""].allSatisfy { $0.isNumber || $0 == "," })
    guard !isMisread else {
      throw PostgresError(.connectFailed, "the connection string has an implausible host, port or database", hint: hint)
    }
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
