import FoundationEssentials
import Glibc
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

  /// Runs `fleetize-etl` with nothing in its environment but `PATH`, `HOME` and what is given.
  static func run(
    _ arguments: [String], _ environment: [String: String], meanwhile: @Sendable (pid_t) async throws -> Void = { _ in }
  ) async throws -> Outcome {
    try await run("fleetize-etl", arguments, environment, meanwhile: meanwhile)
  }

  /// Runs a program of the machine, such as `pg_dump`.
  static func tool(
    _ name: String, _ arguments: [String], _ environment: [String: String] = [:],
    meanwhile: @Sendable (pid_t) async throws -> Void = { _ in }
  ) async throws -> Outcome {
    try await run(.name(name), arguments, environment, meanwhile: meanwhile)
  }

  /// - Parameter meanwhile: gets the process id while the program runs.
  static func run(
    _ name: String, _ arguments: [String], _ environment: [String: String],
    meanwhile: @Sendable (pid_t) async throws -> Void
  ) async throws -> Outcome {
    try await run(.path(folder.appending(name)), arguments, environment, meanwhile: meanwhile)
  }

  private static func run(
    _ program: Executable, _ arguments: [String], _ environment: [String: String],
    meanwhile: @Sendable (pid_t) async throws -> Void
  ) async throws -> Outcome {
    // No test reads the settings of the machine.
    var variables: [Environment.Key: String] = [
      "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "FLEETIZE_CONFIG": "",
    ]
    // Of the thread sanitizer, in programs that are built with it.
    variables["TSAN_OPTIONS"] = ProcessInfo.processInfo.environment["TSAN_OPTIONS"]
    for (key, value) in environment { variables[Environment.Key(stringLiteral: key)] = value }
    let result = try await Subprocess.run(
      program, arguments: Arguments(arguments), environment: .custom(variables), input: .none,
      output: .string(limit: 16 << 20), error: .string(limit: 16 << 20)
    ) { execution in
      do {
        try await meanwhile(execution.processIdentifier.value)
      } catch {
        // The test has failed; waiting for the program to end by itself may take for ever.
        kill(execution.processIdentifier.value, SIGKILL)
        throw error
      }
    }
    let code: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Outcome(code: code, output: result.standardOutput, errors: result.standardError)
  }
}
