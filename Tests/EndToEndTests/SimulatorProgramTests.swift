import Foundation
import Testing

/// `fleetize-simulator` as a process of its own.
@Suite struct `The simulator program` {
  @Test(arguments: [SIGTERM, SIGINT]) func `says its port in a file, responses, and ends with 0 on a signal`(
    signal: Int32
  ) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "port").path
      let outcome = try await Program.run(
        "fleetize-simulator", ["--port-file", file, "--vehicles", "2"], ["FLEETIZE_SIMULATOR_TOKEN": "made-up-token"]
      ) { process in
        try await eventually("the port file") { FileManager.default.fileExists(atPath: file) }
        let port = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        let response = try await Program.tool(
          "curl", ["--silent", "--data", "apitoken=made-up-token", "http://127.0.0.1:\(port)/v2/devicelist"])
        #expect(response.output.contains(#""device_id":492"#) && response.output.contains(#""device_id":493"#))
        kill(process, signal)
      }
      #expect(outcome.code == 0)
      #expect(outcome.output.contains(/^http:\/\/127\.0\.0\.1:\d+\/v2\n$/))
    }
  }

  @Test func `without a token says how to give one`() async throws {
    let outcome = try await Program.run("fleetize-simulator", [], [:]) { _ in }
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("FLEETIZE_SIMULATOR_TOKEN"))
  }
}
