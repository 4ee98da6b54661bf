import Foundation
import Testing

/// `fleetize-simulator` as a process.
@Suite struct `The simulator program` {
  @Test(arguments: [SIGTERM, SIGINT]) func `writes its port to a file, answers, and ends with 0 on a signal`(
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

  /// The library's tests cover each behaviour; this covers the way from the options to them.
  @Test func `misbehaves as its options say`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "port").path
      _ = try await Program.run(
        "fleetize-simulator",
        [
          "--port-file", file, "--token", "main", "--sub-user", "blind=none", "--sub-user", "former=refused",
          "--interval",
          "0", "--clock", "2026-11-01T00:10:00Z", "--history-from", "2026-10-28", "--seconds-per-point", "0.1",
          "--processing-limit", "0.01", "--scope", "everywhere", "--format-change", "routes-null@7",
          "--false-timestamp", "heartbeat=3,device=493,call=1", "--fault", "402@2", "--fault", "error=4711@8+",
          "--cut-at-midnight", "--historic-device-nodes",
        ], [:]
      ) { process in
        try await eventually("the port file") { FileManager.default.fileExists(atPath: file) }
        let port = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        func post(_ form: String, to action: String = "device") async throws -> String {
          let arguments = ["--silent", "--write-out", " %{http_code}", "--data", form]
          return try await Program.tool("curl", arguments + ["http://127.0.0.1:\(port)/v2/\(action)"]).output
        }
        func day(_ day: String) throws -> Int {
          Int(try Date("\(day)T00:00:00Z", strategy: .iso8601).timeIntervalSince1970)
        }
        let (within, beyond) = (try day("2026-10-28"), try day("2026-10-27"))
        let list = try await post("apitoken=main", to: "devicelist")
        #expect(list.contains(#""heartbeat_timestamp":1793751000"#))
        #expect(try await post("apitoken=main", to: "devicelist").hasSuffix(" 402"))
        #expect(try await post("apitoken=blind", to: "devicelist") == "[] 200")
        #expect(try await post("apitoken=former", to: "devicelist").hasPrefix("ERROR #1000"))
        #expect(try await post("apitoken=main&device=493&time=\(within)").hasSuffix(" 504"))
        #expect(try await post("apitoken=main&device=493&time=\(beyond)").hasSuffix(#""routes":[]} 200"#))
        let call = "apitoken=main&device=493&time=\(within)&scope=device;routes"
        #expect(try await post(call).hasSuffix(#""routes":null} 200"#))
        #expect(try await post("apitoken=main", to: "devicelist").hasPrefix("ERROR #4711"))
        kill(process, SIGTERM)
      }
    }
  }

  @Test func `without a token says how to give one`() async throws {
    let outcome = try await Program.run("fleetize-simulator", [], [:]) { _ in }
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains("FLEETIZE_SIMULATOR_TOKEN"))
  }
}
