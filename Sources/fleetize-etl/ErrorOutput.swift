import ArgumentParser
import Extract
import Foundation
import Load
import Pipeline
import Postgres
import Schema

/// Runs a command's body and turns what it throws into a message on stderr and an exit code.
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

/// Says on stderr what went wrong and what a person can do about it.
func complain(about error: any Error, of account: String? = nil) {
  complain("error: \(account.map { "account \($0): " } ?? "")\(error)")
  if let hint = advice(for: error) { complain("hint:  \(hint)") }
}

func complain(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}

/// What a person can do about an error; nil where its text says it already.
func advice(for error: any Error) -> String? {
  switch error {
  case let stop as StopReason: stop.hint
  case let setting as SettingError: setting.hint
  case let setting as SettingsError: setting.hint
  case MigrationError.broken(_, let error) where error.trouble != nil: advice(for: error)
  case let unarchived as UnarchivedResponse: advice(for: unarchived.cause)
  case let error as PostgresError: advice(for: error)
  default: nil
  }
}

private func advice(for error: PostgresError) -> String? {
  switch (error.kind, error.trouble) {
  case (.connectFailed, _): "no call was spent; start the same command again when the database can be reached"
  case (.connectionLost, _):
    "start the same command again when the database can be reached; it goes on where it stopped"
  case (_, .noRoom):
    "make room on the database server (its disk, memory or max_connections, as it says), then start the same command again; "
      + "it goes on where it stopped"
  case (_, .readOnly):
    "DATABASE_URL leads to a standby or to a role or database that is set to read only: name the primary, or all hosts with "
      + "target_session_attrs=read-write"
  case (_, .notPermitted):
    "the role in DATABASE_URL needs this privilege: `migrate` needs fleetize_owner or whoever owns the tables, everything "
      + "else fleetize_loader, as `migrate --with-roles` makes them"
  case (_, .contended):
    "another session holds what is needed, see pg_stat_activity and pg_locks; start the same command again when it is done"
  case (_, .stopped):
    "an administrator or a time limit of the server stopped the statement; start the same command again, it goes on where it stopped"
  case (_, nil): nil
  }
}
