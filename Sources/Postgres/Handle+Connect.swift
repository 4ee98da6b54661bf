import CLibpq
import Dispatch
import FoundationEssentials
import Logging
import Synchronization

extension Handle {
  /// Connects on `queue`. A cancelled task fails at once; its connection is closed as soon as it is established.
  static func connect(
    to target: ConnectionString, applicationName: String, logger: Logger, on queue: DispatchQueue
  ) async throws -> Handle {
    let attempt = ConnectAttempt()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        guard attempt.begin(continuation) else { return }
        queue.async {
          attempt.finish(Result { try connect(to: target, applicationName: applicationName, logger: logger) })
        }
      }
    } onCancel: {
      attempt.cancel()
    }
  }

  private static func connect(
    to target: ConnectionString, applicationName: String, logger: Logger
  ) throws -> Handle {
    let parameters = target.parameters(
      applicationName: applicationName, environment: ProcessInfo.processInfo.environment)
    let started = withCStrings(parameters.map(\.keyword)) { keywords in
      withCStrings(parameters.map(\.value)) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let connection = started else { throw PostgresError(.connectFailed, "out of memory") }
    guard PQstatus(connection) == CONNECTION_OK else {
      defer { PQfinish(connection) }
      throw failure(of: connection)
    }
    return Handle(connection, logger: logger)
  }

  /// Names host, port, database and user. The password, wherever it came from, is removed from libpq's message.
  private static func failure(of connection: OpaquePointer) -> PostgresError {
    func text(_ value: UnsafePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
    var reason = text(PQerrorMessage(connection)).onOneLine
    for secret in secrets(of: connection) where !secret.isEmpty {
      reason.replace(secret, with: "…")
    }
    let place = [
      ("host", text(PQhost(connection))), ("port", text(PQport(connection))), ("database", text(PQdb(connection))),
      ("user", text(PQuser(connection))),
    ].filter { !$0.1.isEmpty }.map { "\($0) \($1)" }.joined(separator: ", ")
    let isWrong = wrongTargetMessages.contains { reason.contains($0) }
    return PostgresError(
      isWrong ? .wrongTarget : .connectFailed,
      "cannot connect to PostgreSQL\(place.isEmpty ? "" : " (\(place))"): \(reason)",
      hint: isWrong
        ? "correct DATABASE_URL or PGHOST, PGPORT, PGDATABASE, PGUSER and the password"
        : "check that the server is up, and DATABASE_URL or PGHOST and PGPORT")
  }

  /// libpq gives no SQLSTATE for a refused connection. In English and German, the languages that servers here speak.
  private static let wrongTargetMessages = [
    "password authentication failed", "no password supplied", "Peer authentication failed", "no pg_hba.conf entry",
    "Ident authentication failed", "\" does not exist", "Passwort-Authentifizierung", "Peer-Authentifizierung",
    "kein pg_hba.conf-Eintrag", "« existiert nicht",
  ]

  private static func secrets(of connection: OpaquePointer) -> [String] {
    var secrets = [PQpass(connection).map { String(cString: $0) } ?? ""]
    if let options = PQconninfo(connection) {
      defer { PQconninfoFree(options) }
      let values = ConnectionString.values(of: options)
      secrets += [values["password"], values["sslpassword"]].compactMap { $0 }
    }
    return secrets
  }
}

/// A null-terminated array of C strings, valid during the call.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
  let storage = strings.map { Array($0.utf8CString) }
  let flat = storage.flatMap { $0 }
  return flat.withUnsafeBufferPointer { buffer in
    var offset = 0
    var pointers: [UnsafePointer<CChar>?] = []
    for string in storage {
      pointers.append(buffer.baseAddress?.advanced(by: offset))
      offset += string.count
    }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// An attempt to connect, whose task may stop waiting for it.
private final class ConnectAttempt: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Handle, any Error>)
    case over
  }

  private let state = Mutex(State.idle)

  /// Returns false if it was cancelled before it began.
  func begin(_ continuation: CheckedContinuation<Handle, any Error>) -> Bool {
    let isWanted = state.withLock { state in
      guard case .idle = state else { return false }
      state = .waiting(continuation)
      return true
    }
    if !isWanted { continuation.resume(throwing: Self.cancelled) }
    return isWanted
  }

  func finish(_ result: Result<Handle, any Error>) {
    end()?.resume(with: result)
  }

  func cancel() {
    end()?.resume(throwing: Self.cancelled)
  }

  private func end() -> CheckedContinuation<Handle, any Error>? {
    state.withLock { state in
      defer { state = .over }
      guard case .waiting(let continuation) = state else { return nil }
      return continuation
    }
  }

  private static let cancelled = PostgresError(.cancelled, "the task was cancelled while connecting")
}
