import Foundation
import Testing

@Suite struct `The command config` {
  @Test func `shows each value and its origin, and no secret`() async throws {
    try await withTemporaryFolder { folder in
      let file = try folder.file(
        "config.yaml", "api_token: c4n4ry-token\ndatabase_url: host=127.0.0.1 password=c4n4ry\ndaily_calls: 50\n")
      // The file that FLEETIZE_CONFIG names is read without --config.
      let environment = ["FLEETIZE_CONFIG": file, "FLEETIZE_TIME_ZONE": "Europe/Berlin"]
      for format in ["text", "json"] {
        let outcome = try await Program.run(["config", "show", "--format", format], environment)
        #expect(outcome.code == 0 && !outcome.output.contains("c4n4ry"), "\(outcome)")
        for text in [
          "set, not shown", "environment FLEETIZE_TIME_ZONE", "file \(file): daily_calls", "50", "Europe/Berlin",
        ] { #expect(outcome.output.contains(text), "\(text): \(outcome.output)") }
      }
      #expect(try await Program.run(["config", "check"], environment).code == 0)
      let noToken = try await Program.run(["config", "check"], [:])
      #expect(noToken.code == 78 && noToken.errors.contains("has no token"), "\(noToken)")
    }
  }
}
