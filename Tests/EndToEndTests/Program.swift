import FoundationEssentials
import Subprocess
import SystemPackage

/// The real program, as a process of its own.
enum Program {
  struct Outcome: Sendable {
    /// The exit code; 128 + signal when a signal ended the process.
    var code: Int32
    var output: String
    var errors: String
  }

  /// The folder with the built programs: the one that holds this test program.
  static let folder: FilePath = {
    let path =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return FilePath(path).removingLastComponent()
  }()

  /// Runs `fleetize-etl` with nothing in its environment but `PATH` and what is given.
  static func run(_ arguments: [String], _ environment: [String: String]) async throws -> Outcome {
    try await run("fleetize-etl", arguments, environment) { _ in }
  }

  /// - Parameter meanwhile: gets the process id while the program runs.
  static func run(
    _ name: String = "fleetize-etl", _ arguments: [String], _ environment: [String: String],
    meanwhile: @Sendable (pid_t) async throws -> Void
  ) async throws -> Outcome {
    var variables: [Environment.Key: String] = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
    for (key, value) in environment { variables[Environment.Key(stringLiteral: key)] = value }
    let result = try await Subprocess.run(
      .path(folder.appending(name)), arguments: Arguments(arguments), environment: .custom(variables), input: .none,
      output: .string(limit: 16 << 20), error: .string(limit: 16 << 20)
    ) { execution in
      try await meanwhile(execution.processIdentifier.value)
    }
    let code: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Outcome(code: code, output: result.standardOutput, errors: result.standardError)
  }
}
