import CLibpq

/// How a connection reaches its server.
public struct ConnectionRoute: Hashable, Sendable {
  /// Name, address, or directory of a Unix socket.
  public var host: String
  /// Whether it stays on this machine: a Unix socket or a loopback address.
  public var isLocal: Bool
  /// The requested mode: `disable`, `prefer`, …, `verify-full`.
  public var sslMode: String
  public var usesTLS: Bool

  public init(host: String, isLocal: Bool, sslMode: String, usesTLS: Bool) {
    self.host = host
    self.isLocal = isLocal
    self.sslMode = sslMode
    self.usesTLS = usesTLS
  }
}

extension Connection {
  public var route: ConnectionRoute {
    get throws {
      let connection = try opened().connection
      func text(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
      let host = text(PQhost(connection))
      let address = text(PQhostaddr(connection))
      var sslMode = "prefer"
      if let options = PQconninfo(connection) {
        sslMode = ConnectionString.values(of: options)["sslmode"] ?? sslMode
        PQconninfoFree(options)
      }
      return ConnectionRoute(
        host: host,
        isLocal: host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || address.hasPrefix("127.")
          || address == "::1",
        sslMode: sslMode, usesTLS: PQsslInUse(connection) == 1)
    }
  }
}
