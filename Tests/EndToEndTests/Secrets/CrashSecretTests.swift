import FleetizeSimulator
import Foundation
import Glibc
import SystemPackage
import Testing

/// A program that dies leaves no token behind.
@Suite struct `The token of a program that crashes` {
  private static let signals = [SIGSEGV, SIGABRT, SIGILL, SIGBUS]

  @Test(arguments: signals) func `is in no output and no core`(signal: Int32) async throws {
    try await withCallInFlight(backtrace: "enable=no") { process, _ in
      let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
      let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") }
      #expect(core?.split(separator: " ", omittingEmptySubsequences: true).dropFirst(4).prefix(2) == ["0", "0"])
      kill(process, signal)
    } afterwards: { outcome, folder in
      #expect(outcome.code == 128 + signal)
      expectNoToken(in: outcome.output + outcome.errors)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(files.filter { $0.contains("core") } == [])
    }
  }

  /// Not symbolicated: that takes minutes for a program this large, and adds names of functions alone.
  @Test func `is in no backtrace that shows all threads and what their registers point to`() async throws {
    let options =
      "enable=yes,interactive=no,color=no,threads=all,registers=all,images=all,limit=none,sanitize=no,symbolicate=off"
    try await withCallInFlight(backtrace: options) { process, file in
      kill(process, SIGSEGV)
      do {
        try await eventually("the backtrace is written") {
          (try? String(contentsOf: file, encoding: .utf8).contains("Images:")) == true && children(of: process).isEmpty
        }
      } catch {
        // What waits for the dead would keep our pipes open for ever.
        for child in children(of: process) { kill(child, SIGKILL) }
        throw error
      }
      // As no instruction of the program was at fault, it goes on after the first signal.
      kill(process, SIGSEGV)
    } afterwards: { outcome, folder in
      #expect(outcome.code == 128 + SIGSEGV)
      let backtrace = try String(contentsOf: folder.appending(path: "backtrace"), encoding: .utf8)
      #expect(backtrace.contains("Thread 0") && backtrace.contains("rsp") || backtrace.contains(" sp"))
      expectNoToken(in: backtrace + outcome.output + outcome.errors)
    }
  }

  /// Runs the program in a folder where it may leave cores of any size, until it waits for a response.
  private func withCallInFlight(
    backtrace options: String, _ crash: @Sendable (pid_t, URL) async throws -> Void,
    afterwards: (Program.Outcome, URL) throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      try await withStage(fault: { $0.action == .device ? .silence : nil }) { stage in
        let file = folder.appending(path: "backtrace")
        var environment = stage.environment
        environment["SWIFT_BACKTRACE"] = options + ",output-to=\(file.path)"
        let program = Program.folder.appending("fleetize-etl").string
        let arguments = Days.backfill(from: 3, to: 2, "--verbose").joined(separator: " ")
        let command = "cd '\(folder.path)' && ulimit -c unlimited; exec '\(program)' \(arguments)"
        let outcome = try await Program.tool("sh", ["-c", command], environment) { process in
          try await eventually("a device-day is asked for") { stage.askedDays.count == 1 }
          try await crash(process, file)
        }
        try afterwards(outcome, folder)
      }
    }
  }

  private func children(of process: pid_t) -> [pid_t] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return tasks.flatMap { task in
      let text = try? String(contentsOfFile: "/proc/\(process)/task/\(task)/children", encoding: .utf8)
      return (text ?? "").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  /// A dump of memory shows 16 bytes a line: each part of the token that could be in one, as text and in hexadecimal.
  private func expectNoToken(in text: String) {
    let token = Array(Stage.token.utf8)
    for start in 0...(token.count - 8) {
      let piece = token[start..<start + 8]
      #expect(!text.contains(String(decoding: piece, as: UTF8.self)))
      #expect(!text.contains(piece.map { String($0, radix: 16) }.joined(separator: " ")))
    }
  }
}
