import ArgumentParser
import Extract
import Foundation
import Load
import Pipeline
import Postgres

/// Runs a command's body and turns what it throws into a message on stderr and an exit code.
func reporting(_ body: () async throws -> Void) async throws {
  do {
    try await body()
  } catch let exit as ExitCode {
    throw exit
  } catch let usage as ValidationError {
    throw usage
  } catch {
    complain("error: \(error)")
    if let hint = (error as? StopReason)?.hint ?? (error as? SettingError)?.hint ?? (error as? PostgresError)?.advice {
      complain("hint:  \(hint)")
    }
    throw ExitCode(ExitStatus(error).rawValue)
  }
}

func complain(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}

extension PostgresError {
  /// What a person can do when the database cannot be reached.
  var advice: String? {
    guard isConnectionLost || kind == .connectFailed else { return nil }
    return "set DATABASE_URL, or libpq's own PGHOST, PGUSER, …; no call was spent"
  }
}
