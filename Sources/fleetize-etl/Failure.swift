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
  case let error as PostgresError where error.kind == .connectFailed:
    "no call was spent; start the same command again when the database can be reached"
  case let error as PostgresError where error.kind == .connectionLost:
    "start the same command again when the database can be reached; it goes on where it stopped"
  default: nil
  }
}
