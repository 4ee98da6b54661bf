import ArgumentParser
import Extract
import Glibc
import Load
import Logbook
import Pipeline
import Postgres
import Schema

/// Runs a command's body; an error becomes a message on stderr and an exit code.
func reporting(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let exit as ExitCode {
    throw exit
  } catch let usage as ValidationError {
    throw usage
  } catch {
    complain(about: error)
    throw ExitCode(ExitStatus(error).rawValue)
  }
}

/// Prints an error and its hint on stderr.
func complain(about error: any Error, of account: String? = nil) {
  complain("error: \(account.map { "account \($0): " } ?? "")\(sentence(for: error))")
  if let hint = advice(for: error) { complain("hint:  \(hint)") }
}

/// What happened, without a hint of the server's where there is one of ours.
func sentence(for error: any Error) -> String {
  guard var serverError = error as? PostgresError, advice(for: serverError) != nil else { return "\(error)" }
  serverError.hint = nil
  return "\(serverError)"
}

func complain(_ text: String) {
  // If stderr is closed, nobody reads it.
  try? Output.write(Array("\(text)\n".utf8), to: STDERR_FILENO, "stderr")
}

/// What to do about an error; nil where its text says so.
func advice(for error: any Error) -> String? {
  switch error {
  case let stop as StopReason: stop.hint
  case let setting as SettingError: setting.hint
  case let usage as UsageError: usage.hint
  case let error as LogbookError: error.hint
  case let error as OutputError: error.hint
  case is UnknownDevices: "`fleetize-etl device list` lists the devices"
  case MigrationError.broken(_, let error) where error.trouble != nil: advice(for: error)
  case let unarchived as UnarchivedResponse: advice(for: unarchived.cause)
  case let error as PostgresError: advice(for: error)
  default: nil
  }
}

private func advice(for error: PostgresError) -> String? {
  switch (error.kind, error.trouble) {
  case (.wrongTarget, _): error.hint
  case (.connectFailed, _):
    (error.hint.map { "\($0); " } ?? "") + "run the same command again when the database is reachable"
  case (.connectionLost, _):
    "run the same command again when the database is reachable; it continues where it stopped"
  case (_, .noRoom):
    "free what the server says it lacks (disk, memory or connections), then run the same command again; it continues where it "
      + "stopped"
  case (_, .readOnly):
    "the server is a standby, or the role or database is read-only: set DATABASE_URL to the primary, or to all hosts with "
      + "target_session_attrs=read-write"
  case (_, .notPermitted):
    "log in as fleetize_loader, or for `migrate` as fleetize_owner; `migrate --with-roles` creates both roles"
  case (_, .contended):
    "run the same command again when the other session is done; pg_stat_activity and pg_locks show it"
  case (_, .stopped):
    "run the same command again; it continues where it stopped"
  case (_, nil): nil
  }
}
