import Foundation
import Glibc
import Synchronization

/// A TCP server on loopback that plays a script of raw bytes on every connection.
public final class ScriptedServer: Sendable {
  public enum Step: Sendable {
    /// Waits for a complete request.
    case readRequest
    case send(String)
    case sendBytes([UInt8])
    /// Sends byte by byte, waiting for the seconds in between.
    case drip(String, every: Double)
    /// Repeats the text until the client closes the connection.
    case sendForever(String)
    /// Closes the connection, as the end of a script does.
    case close
    /// Resets the connection (RST).
    case reset
    /// Does nothing until the server stops.
    case hang
  }

  struct Failure: Error {}

  /// POLLRDHUP, which only a GNU header declares.
  private static let peerClosed: Int16 = 0x2000

  private struct State {
    var requests: [String] = []
    var sentBytes = 0
    var connectionCount = 0
    var openConnections: Set<CInt> = []
    var isStopped = false
  }

  public let port: Int
  private let listener: CInt
  private let script: [Step]
  private let state = Mutex(State())

  private init(_ script: [Step]) throws {
    self.script = script
    listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { throw Failure() }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  public static func run<R>(
    _ script: [Step], isolation: isolated (any Actor)? = #isolation, _ body: (ScriptedServer) async throws -> R
  ) async throws -> R {
    let server = try ScriptedServer(script)
    Thread.detachNewThread { server.accept() }
    defer { server.stop() }
    return try await body(server)
  }

  public var url: String { "http://127.0.0.1:\(port)/v2" }
  /// The requests so far, as sent: head and body.
  public var requests: [String] { state.withLock { $0.requests } }
  public var connectionCount: Int { state.withLock(\.connectionCount) }

  /// Bytes that the operating system accepted for sending, over all connections.
  public var sentBytes: Int { state.withLock(\.sentBytes) }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else {
        _ = Glibc.close(listener)
        return
      }
      let isStopped = state.withLock { state in
        state.connectionCount += 1
        if !state.isStopped { state.openConnections.insert(connection) }
        return state.isStopped
      }
      if isStopped {
        Glibc.close(connection)
      } else {
        Thread.detachNewThread { self.play(on: connection) }
      }
    }
  }

  private func stop() {
    state.withLock { state in
      state.isStopped = true
      for connection in state.openConnections { shutdown(connection, CInt(SHUT_RDWR)) }
    }
    // Wakes the accepting thread, which closes the socket itself, so that its number cannot be reused meanwhile.
    shutdown(listener, CInt(SHUT_RDWR))
  }

  private func play(on connection: CInt) {
    for step in script {
      switch step {
      case .readRequest: readRequest(from: connection)
      case .send(let text): _ = write(Array(text.utf8), to: connection)
      case .sendBytes(let bytes): _ = write(bytes, to: connection)
      case .drip(let text, let pause):
        for byte in text.utf8 {
          guard write([byte], to: connection), waitForEnd(of: connection, atMost: pause) == false else { break }
        }
      case .sendForever(let text): while write(Array(text.utf8), to: connection) {}
      case .close: shutdown(connection, CInt(SHUT_RDWR))
      case .reset:
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
      case .hang: _ = waitForEnd(of: connection, atMost: 120)
      }
    }
    state.withLock { state in
      state.openConnections.remove(connection)
      _ = Glibc.close(connection)
    }
  }

  private func readRequest(from connection: CInt) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while !isWhole(bytes) {
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    if !bytes.isEmpty { state.withLock { $0.requests.append(String(decoding: bytes, as: UTF8.self)) } }
  }

  private func isWhole(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return false }
    let length = text[..<end.lowerBound].split(separator: "\r\n").compactMap { line -> Int? in
      let parts = line.split(separator: ":")
      return parts[0].lowercased() == "content-length" ? Int(parts[1].trimmingCharacters(in: .whitespaces)) : nil
    }
    return text[end.upperBound...].utf8.count >= length.first ?? 0
  }

  private func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      state.withLock { $0.sentBytes += count }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Whether the client or `stop` ended the connection within the seconds.
  private func waitForEnd(of connection: CInt, atMost seconds: Double) -> Bool {
    var watched = pollfd(fd: connection, events: Self.peerClosed, revents: 0)
    return poll(&watched, 1, CInt(seconds * 1_000)) > 0
  }
}
