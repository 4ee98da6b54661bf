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
        let response = try await post("apitoken=made-up-token", to: "devicelist", port)
        #expect(response.contains(#""device_id":492"#) && response.contains(#""device_id":493"#))
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
          try await self.post(form, to: action, port)
        }
        func day(_ day: String) throws -> Int {
          Int(try Date("\(day)T00:00:00Z", strategy: .iso8601).timeIntervalSince1970)
        }
        let (within, beyond) = (try day("2026-10-28"), try day("2026-10-27"))
        let list = try await post("apitoken=main", to: "devicelist")
        // Three days ahead of a clock that goes on from the start.
        #expect(list.contains(/"heartbeat_timestamp":179375\d{4}/))
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

  /// The body and the status of a response, without a program that a bare machine may lack.
  private func post(_ form: String, to action: String, _ port: String) async throws -> String {
    let call = """
      import sys, urllib.error, urllib.request
      try: response = urllib.request.urlopen(sys.argv[1], sys.argv[2].encode())
      except urllib.error.HTTPError as error: response = error
      print(response.read().decode(), response.getcode(), end="")
      """
    return try await Program.tool("python3", ["-c", call, "http://127.0.0.1:\(port)/v2/\(action)", form]).output
  }
}
