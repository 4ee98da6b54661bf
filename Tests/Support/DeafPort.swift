import Glibc

/// Runs `body` with a port of 127.0.0.1 that is bound, so that no other test gets it, but not listening: connections are refused.
public func withDeafPort<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> Result
) async throws -> Result {
  let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
  defer { close(socket) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
    }
  }
  guard isBound else { throw PortMissing(code: errno) }
  return try await body(Int(UInt16(bigEndian: address.sin_port)))
}

struct PortMissing: Error {
  var code: CInt
}
