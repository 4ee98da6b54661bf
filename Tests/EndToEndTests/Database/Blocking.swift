import Foundation
import Logging
import Postgres
import Synchronization

/// Does something on a thread of the tests' own, such as a tap's, where nothing can be awaited; nil when it throws.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) -> Value? {
  let outcome = Outcome<Value>()
  let isDone = DispatchSemaphore(value: 0)
  Task {
    let value = try? await body()
    outcome.value.withLock { $0 = value }
    isDone.signal()
  }
  isDone.wait()
  return outcome.value.withLock(\.self)
}

private final class Outcome<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
}

/// Runs a statement as superuser.
func execute(_ statement: String, on url: String) async throws {
  try await withTestConnection(url) { try await $0.script(statement) }
}

/// Ends the program's sessions as an administrator does; true when that worked.
func terminate(on stage: Stage) -> Bool {
  blocking {
    try await stage.execute(
      """
      select pg_terminate_backend(pid, 10000) from pg_stat_activity
      where datname = current_database() and application_name = 'fleetize-etl'
      """)
  } != nil
}

/// Writes a file until the disk is full.
func fill(_ path: String) {
  let file = open(path, O_CREAT | O_WRONLY, 0o600)
  let block = [UInt8](repeating: 0, count: 4_096)
  while write(file, block, block.count) > 0 {}
  close(file)
}

func port(of url: String) throws -> Int {
  guard let port = URLComponents(string: url)?.port else { throw StageFailure(text: "no port in \(url)") }
  return port
}
