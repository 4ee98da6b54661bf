import Dispatch
import Glibc
import Synchronization

/// A server on a port of 127.0.0.1 that speaks enough of the PostgreSQL protocol for a failed login.
final class LoginServer: Sendable {
  enum Manner: Sendable {
    /// Requests a plain-text password and rejects it.
    case refusing
    /// Accepts connections and never answers.
    case silent
  }

  let port: UInt16
  private let listener: Int32
  private let received = Received()

  /// The passwords that clients sent.
  var passwords: [String] { received.passwords.withLock { $0 } }

  init(_ manner: Manner) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, size) == 0 && listen(listener, 64) == 0 && getsockname(listener, pointer, &size) == 0
      }
    }
    guard isBound else { throw Abandoned() }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    if case .refusing = manner {
      let received = received
      DispatchQueue(label: "login-server").async {
        while true {
          let client = accept(listener, nil, nil)
          guard client >= 0 else { return }
          Self.refuse(client, received)
          close(client)
        }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  private static func refuse(_ client: Int32, _ received: Received) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    guard read(client, &buffer, buffer.count) > 0 else { return }
    // AuthenticationCleartextPassword.
    let request: [UInt8] = [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 3]
    _ = send(client, request, request.count, Int32(MSG_NOSIGNAL))
    let count = read(client, &buffer, buffer.count)
    guard count > 6 else { return }
    let password = String(decoding: buffer[5..<count - 1], as: UTF8.self)
    received.passwords.withLock { $0.append(password) }
    // A server has no business to repeat the password; this one does.
    let fields = "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed, you said \(password)\0\0"
    let length = UInt32(fields.utf8.count + 4)
    let response = [UInt8(ascii: "E")] + withUnsafeBytes(of: length.bigEndian) { Array($0) } + Array(fields.utf8)
    _ = send(client, response, response.count, Int32(MSG_NOSIGNAL))
  }

  private final class Received: Sendable {
    let passwords = Mutex<[String]>([])
  }
}
