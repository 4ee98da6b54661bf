import Foundation
import Glibc
import SystemPackage
import Testing

/// Results that cannot be written, and streams that are closed.
@Suite struct `The output` {
  /// Runs a shell line in which `$ETL` is the program.
  private func shell(_ line: String, _ environment: [String: String] = [:]) async throws -> Program.Outcome {
    try await Program.tool(
      "bash", ["-c", line],
      environment.merging(["ETL": Program.folder.appending("fleetize-etl").string, "FLEETIZE_CONFIG": ""]) { $1 })
  }

  @Test(arguments: [">/dev/full", ">&-"]) func `that cannot be written is an error, with 74`(to: String) async throws {
    let outcome = try await shell("\"$ETL\" config example \(to)")
    #expect(outcome.code == 74, "\(outcome)")
    #expect(outcome.errors.contains("the output to stdout could not be written: "))
  }

  @Test func `to a closed pipe is an error, with 74`() async throws {
    let outcome = try await shell("{ sleep 0.3; \"$ETL\" config example; echo code $? >&2; } | true")
    #expect(outcome.errors.contains("code 74"), "\(outcome)")
  }

  @Test(arguments: ["2>&-", "2>/dev/full", "<&- >&- 2>&-"]) func `of errors may be closed`(to: String) async throws {
    let outcome = try await shell("\"$ETL\" status --config /nonexistent \(to)")
    #expect(outcome.code == 78, "\(outcome)")
  }

  @Test func `into a file replaces it as a whole, through a link, or not at all`() async throws {
    try await withStage { stage in
      #expect(try await stage.etl(Days.backfill(from: 3, to: 2)).code == 0)
      try await withTemporaryFolder { folder in
        let file = try folder.file("real.csv", "before")
        let link = folder.appending(path: "link.csv").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
        let month = String("\(Days.ago(3))".prefix(7))
        let command = ["logbook", "--device", "492", "--month", month, "--format", "csv", "--output"]
        let written = try await stage.etl(command + [link])
        #expect(written.code == 0, "\(written)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text != "before" && text.contains(","))
        let full = try await stage.etl(command + ["/dev/full"])
        #expect(full.code == 74 && full.errors.contains("No space left on device"), "\(full)")
        let nowhere = try await stage.etl(command + [folder.appending(path: "none/file.csv").path])
        #expect(nowhere.code == 74, "\(nowhere)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["link.csv", "real.csv"])
      }
    }
  }
}
