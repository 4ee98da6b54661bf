import Glibc

/// One connection through a ``DatabaseTap``: messages of PostgreSQL's protocol 3, carried both ways one by one.
struct Conversation {
  private let client: CInt
  private let server: CInt
  /// Whether a statement springs the trap; given its text, the statements before it in its transaction, and those of the transaction before.
  private let check: (String, [String], [String]) -> DatabaseTap.Trap?

  private var fromClient: [UInt8] = []
  private var fromServer: [UInt8] = []
  /// The client's first message has no type.
  private var isStarted = false
  private var prepared: [String: String] = [:]
  private var transaction: [String] = []
  private var lastTransaction: [String] = []
  private var trap: DatabaseTap.Trap?
  private var dataMessages = 0

  init(client: CInt, server: CInt, check: @escaping (String, [String], [String]) -> DatabaseTap.Trap?) {
    self.client = client
    self.server = server
    self.check = check
  }

  /// Until one side, or the trap, ends it.
  mutating func carry() {
    var sides = [
      pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: server, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&sides, 2, -1) > 0 {
      // What the server said last is handed on before the client's next words.
      if sides[1].revents != 0 {
        guard receive(from: server, into: \.fromServer), carryResponses() else { return }
      }
      if sides[0].revents != 0 {
        guard receive(from: client, into: \.fromClient), carryRequests() else { return }
      }
    }
  }

  private mutating func receive(from socket: CInt, into buffer: WritableKeyPath<Self, [UInt8]>) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(socket, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    self[keyPath: buffer] += chunk[..<count]
    return true
  }

  private mutating func carryRequests() -> Bool {
    while let message = next(in: \.fromClient, hasType: isStarted) {
      guard isStarted else {
        isStarted = true
        guard send(message, to: server) else { return false }
        continue
      }
      if let text = statement(in: message) { note(text) }
      guard carry(message) else { return false }
    }
    return true
  }

  /// Carries one message of the client; acts before or after it where the trap says so.
  private mutating func carry(_ message: [UInt8]) -> Bool {
    guard let trap else { return send(message, to: server) }
    let type = message[0]
    switch trap.trigger.moment {
    case .before:
      self.trap = nil
      return trap.action() && send(message, to: server)
    case .during where [UInt8(ascii: "Q"), UInt8(ascii: "S")].contains(type):
      // A simple query is whole; an extended one is with its Sync.
      self.trap = nil
      return send(message, to: server) && trap.action()
    case .inData(let number) where type == UInt8(ascii: "d"):
      dataMessages += 1
      guard dataMessages == number else { break }
      self.trap = nil
      let half = message.count / 2
      return send(Array(message[..<half]), to: server) && trap.action() && send(Array(message[half...]), to: server)
    default: break
    }
    return send(message, to: server)
  }

  private mutating func carryResponses() -> Bool {
    while let message = next(in: \.fromServer, hasType: true) {
      let isEnd = message[0] == UInt8(ascii: "Z")
      // Not in a transaction any more, or not yet.
      if isEnd, message.last == UInt8(ascii: "I"), !transaction.isEmpty {
        (lastTransaction, transaction) = (transaction, [])
      }
      if isEnd, let trap {
        switch trap.trigger.moment {
        case .answered:
          self.trap = nil
          guard trap.action() else { return false }
        case .heard:
          self.trap = nil
          guard send(message, to: client), trap.action() else { return false }
          continue
        default: break
        }
      }
      guard send(message, to: client) else { return false }
    }
    return true
  }

  private mutating func note(_ text: String) {
    if let sprung = check(text, transaction, lastTransaction) {
      trap = sprung
      dataMessages = 0
    }
    transaction.append(text)
  }

  /// Takes the next whole message out of a buffer.
  private mutating func next(in buffer: WritableKeyPath<Self, [UInt8]>, hasType: Bool) -> [UInt8]? {
    let start = hasType ? 1 : 0
    let bytes = self[keyPath: buffer]
    guard bytes.count >= start + 4 else { return nil }
    let length = start + bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    guard bytes.count >= length else { return nil }
    self[keyPath: buffer].removeFirst(length)
    return Array(bytes[..<length])
  }

  /// The SQL that a Query, Parse or Bind message is about to execute, with single spaces. What is only prepared is remembered.
  private mutating func statement(in message: [UInt8]) -> String? {
    guard [UInt8(ascii: "Q"), UInt8(ascii: "P"), UInt8(ascii: "B")].contains(message[0]) else { return nil }
    let texts = message[5...].split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false).prefix(2)
      .map { String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    switch message[0] {
    case UInt8(ascii: "Q"): return texts[0]
    case UInt8(ascii: "P"):
      guard !texts[0].isEmpty else { return texts[1] }
      prepared[texts[0]] = texts[1]
      return nil
    default: return prepared[texts[1]]
    }
  }

  private func send(_ bytes: [UInt8], to socket: CInt) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
