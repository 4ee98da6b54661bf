import FleetizeSimulator
import Foundation
import Glibc
import SystemPackage
import Testing

/// A program that dies leaves no token behind.
@Suite struct `The token of a program that crashes` {
  @Test(arguments: [SIGSEGV, SIGABRT, SIGILL]) func `is in no backtrace and no core`(signal: Int32) async throws {
    try await withTemporaryFolder { folder in
      // What the machine does for programs that do not object.
      let other = try await crash("kill -\(signal) $$", in: folder)
      #expect(other.code == 128 + signal)
      let writesCores = try cores(in: folder).isEmpty == false
      for core in try cores(in: folder) { try FileManager.default.removeItem(at: core) }

      try await withStage(fault: { _ in .late(seconds: 20) }) { stage in
        var environment = stage.environment
        // The whole of what the runtime can tell.
        environment["SWIFT_BACKTRACE"] =
          "enable=yes,interactive=no,color=no,threads=all,images=all,limit=none,sanitize=no"
        let program = Program.folder.appending("fleetize-etl").string
        let outcome = try await crash("exec '\(program)' run --verbose", in: folder, environment) { process in
          try await eventually("a call in flight") { stage.calls.count == 1 }
          let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
          let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
          #expect(core?.split(separator: " ", omittingEmptySubsequences: true).dropFirst(4).prefix(2) == ["0", "0"])
          kill(process, signal)
          // The first is told of in a backtrace; as no instruction of the program is at fault, it would go on after that.
          try await Task.sleep(for: .seconds(1))
          kill(process, signal)
        }
        #expect(outcome.code > 128)
        #expect(outcome.errors.contains("Thread 0"), "a backtrace: \(outcome.errors.prefix(500))")
        let said = outcome.output + outcome.errors
        for piece in pieces(of: Stage.token) { #expect(!said.contains(piece)) }
        let left = try cores(in: folder)
        #expect(left.isEmpty, "\(left), while other programs \(writesCores ? "leave a core" : "leave none here")")
      }
    }
  }

  /// Runs a command of a shell in the folder, with cores allowed.
  private func crash(
    _ command: String, in folder: URL, _ environment: [String: String] = [:],
    meanwhile: @Sendable (pid_t) async throws -> Void = { _ in }
  ) async throws -> Program.Outcome {
    try await Program.tool(
      "sh", ["-c", "cd '\(folder.path)' && ulimit -c unlimited; \(command)"], environment, meanwhile: meanwhile)
  }

  private func cores(in folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.contains("core") }
  }

  /// A dump of memory shows 16 bytes a line: each part of the token that could be in one.
  private func pieces(of token: String) -> [String] {
    let characters = Array(token)
    return (0...(characters.count - 8)).map { String(characters[$0..<($0 + 8)]) }
  }
}
