import Foundation
import Glibc
import Synchronization

/// A TCP proxy on loopback between the program and PostgreSQL. It reads as much of the protocol as it takes to know the statements, and acts
/// once when the conversation has come to the moment that it waits for.
final class DatabaseTap: Sendable {
  struct Failure: Error {}

  struct Trap: Sendable {
    var trigger: Trigger
    /// What to do; the message is held meanwhile. False drops the connection.
    var action: @Sendable () -> Bool
    var seen = 0
    var hasFired = false
  }

  private struct State {
    var target: Int
    var trap: Trap?
    var open: Set<CInt> = []
    var isStopped = false
  }

  let port: Int
  private let listener: CInt
  private let state: Mutex<State>

  private init(target: Int) throws {
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw Failure() }
    port = Int(UInt16(bigEndian: address.sin_port))
    state = Mutex(State(target: target))
  }

  /// Runs `body` with a proxy to the server of `databaseURL`, and with the URL that leads through it.
  static func run<R>(
    to databaseURL: String, _ body: (DatabaseTap, String) async throws -> R
  ) async throws -> R {
    guard var url = URLComponents(string: databaseURL), url.host == "127.0.0.1", let target = url.port else {
      throw StageFailure(text: "FLEETIZE_TEST_DATABASE_URL has to be a URI with 127.0.0.1 and a port for this test")
    }
    let tap = try DatabaseTap(target: target)
    url.port = tap.port
    // In clear, so that statements can be read.
    url.queryItems =
      (url.queryItems ?? []) + [
        .init(name: "sslmode", value: "disable"), .init(name: "gssencmode", value: "disable"),
      ]
    Thread.detachNewThread { tap.accept() }
    defer { tap.stop() }
    return try await body(tap, url.string ?? "")
  }

  /// Acts once, at the moment of `trigger`.
  func arm(_ trigger: Trigger, action: @escaping @Sendable () -> Bool) {
    state.withLock { $0.trap = Trap(trigger: trigger, action: action) }
  }

  var hasFired: Bool { state.withLock { $0.trap?.hasFired ?? false } }

  /// New connections go to the server on this port from now on.
  func redirect(to port: Int) { state.withLock { $0.target = port } }

  private func accept() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else {
        close(listener)
        return
      }
      let target = state.withLock { state -> Int? in
        guard !state.isStopped else { return nil }
        state.open.insert(client)
        return state.target
      }
      guard let target else {
        close(client)
        continue
      }
      Thread.detachNewThread { self.serve(client, target: target) }
    }
  }

  private func stop() {
    state.withLock { state in
      state.isStopped = true
      for connection in state.open { shutdown(connection, CInt(SHUT_RDWR)) }
    }
    // Wakes the thread that accepts.
    shutdown(listener, CInt(SHUT_RDWR))
  }

  private func serve(_ client: CInt, target: Int) {
    let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(UInt16(target))
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isConnected {
      // Messages go on one by one; none waits for an acknowledgement of the one before.
      var yes: CInt = 1
      for side in [client, server] {
        setsockopt(side, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
      }
      var conversation = Conversation(client: client, server: server) { self.check($0, open: $1, last: $2) }
      conversation.carry()
    }
    close(server)
    state.withLock { state in
      state.open.remove(client)
      _ = close(client)
    }
  }

  /// The trap, when it is this statement that it waits for.
  private func check(_ text: String, open: [String], last: [String]) -> Trap? {
    state.withLock { state in
      guard let trap = state.trap, !trap.hasFired, trap.trigger.fits(text, open: open, last: last) else { return nil }
      state.trap?.seen += 1
      guard trap.seen + 1 == trap.trigger.occurrence else { return nil }
      state.trap?.hasFired = true
      return trap
    }
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
