import FleetizeSimulator
import Foundation
import Testing

/// The token is in the calls and nowhere else.
@Suite struct `The token` {
  private static let token = Stage.token

  @Test(arguments: ["environment", "file"]) func `is nowhere in output, process list, database or archive`(
    source: String
  ) async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token").path
      try Data("\(Self.token)\n".utf8).write(to: URL(filePath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      let given: [String: String?] =
        source == "file" ? ["FLEETIZE_API_TOKEN": nil, "FLEETIZE_API_TOKEN_FILE": file] : [:]
      // The vendor repeats the token wherever it can; the fourth call hangs long enough to look at the process list.
      try await withStage(fault: Self.echo) { stage in
        let seen = SeenText()
        let withCalls = [
          Days.backfill(from: 3, to: 2, "--verbose"), ["run", "--verbose", "--format", "json"],
          Days.backfill(from: 3, to: 2, "--refetch"),
        ]
        for arguments in withCalls {
          let outcome = try await stage.etl(arguments, with: given) { process in
            try await eventually("the fourth call") { stage.calls.count >= 4 }
            await seen.add(Self.processList())
            for file in ["cmdline", "comm", "status"] {
              await seen.add((try? String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)) ?? "")
            }
            await seen.add(try await stage.rows("select query, application_name from pg_stat_activity").joined())
          }
          await seen.add(outcome.output + outcome.errors)
        }
        let withoutCalls = [
          ["status"], ["unblock"], Days.backfill(from: 5, to: 2, "--dry-run"), ["doctor"],
          ["doctor", "--format", "json"], ["migrate"], ["replay"], ["replay", "--check"],
          ["logbook", "--device", "492", "--month", String("\(Days.ago(3))".prefix(7))],
          ["prune", "--points-older-than", "400d"],
          ["erase", "--device", "492", "--from", "\(Days.ago(9))", "--to", "\(Days.ago(8))"],
          ["run", "--help"], ["run", "--no-such-option"],
        ]
        for arguments in withoutCalls.flatMap({ [$0, $0 + ["--verbose"]] }) {
          let outcome = try await stage.etl(arguments, with: given)
          await seen.add(outcome.output + outcome.errors)
        }
        await seen.add(try await Program.tool("pg_dump", [stage.databaseURL]).output)
        await seen.add(try await archive(of: stage, in: folder))

        let text = await seen.text
        #expect(text.contains("fleetize-etl") && text.contains("COPY etl.response") && text.contains("the token is"))
        for spelling in [Self.token, Data(Self.token.utf8).base64EncodedString(), hexadecimal(Self.token)] {
          let places = text.split(separator: "\n").filter { $0.contains(spelling) }
          #expect(places.isEmpty, "the token was found")
        }
      }
    }
  }

  @Test func `in a file that others may read is refused with 78 before any call`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appending(path: "token").path
      try Data(Self.token.utf8).write(to: URL(filePath: file))
      for mode in [0o644, 0o620, 0o604, 0o660] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        try await withStage { stage in
          let outcome = try await stage.etl(
            ["run"], with: ["FLEETIZE_API_TOKEN": nil, "FLEETIZE_API_TOKEN_FILE": file])
          #expect(outcome.code == 78)
          #expect(outcome.errors.contains("chmod 600"))
          #expect(stage.calls.isEmpty)
        }
      }
    }
  }

  @Test func `that is missing or whose file is missing exits 78 and names the variables`() async throws {
    try await withStage { stage in
      let none = try await stage.etl(["run"], with: ["FLEETIZE_API_TOKEN": nil])
      #expect(none.code == 78)
      #expect(none.errors.contains("FLEETIZE_API_TOKEN") && none.errors.contains("FLEETIZE_API_TOKEN_FILE"))
      let noFile = try await stage.etl(
        ["run"], with: ["FLEETIZE_API_TOKEN": nil, "FLEETIZE_API_TOKEN_FILE": "/nonexistent/token"])
      #expect(noFile.code == 78)
      #expect(noFile.errors.contains("/nonexistent/token"))
      #expect(stage.calls.isEmpty)
    }
  }

  /// The command lines of all processes.
  private static func processList() -> String {
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.compactMap { try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8) }
      .joined(separator: "\n")
  }

  private static func echo(_ call: Simulator.Call) -> Simulator.Fault? {
    let token = call.token ?? ""
    return switch call.number {
    case 2: .body(Array(#"{"error":"the token is \#(token)","apitoken":"\#(token)"}"#.utf8))
    case 3:
      .response(
        SimulatedResponse(status: 502, contentType: "text/html; token=\(token)") {
          Array("<html>the token is \(token)</html>".utf8)
        })
    case 4: .late(seconds: 1)
    case 5:
      .body(
        Array(#"{"device":{"device_id":492,"device_name":"the token is \#(token)"},"routes":[{"\#(token)":1}]}"#.utf8))
    case 6: .body(Array("ERROR #1234 - the token is \(token)".utf8))
    default: nil
    }
  }

  /// The bodies of all kept responses.
  private func archive(of stage: Stage, in folder: URL) async throws -> String {
    var text = ""
    for row in try await stage.rows("select encode(body_compressed, 'hex') from etl.response") {
      let file = folder.appending(path: "body.zst")
      try Data(bytes(ofHexadecimal: row.filter(\.isHexDigit))).write(to: file)
      text += try await Program.tool("zstd", ["-dc", file.path]).output
    }
    return text
  }

  private func bytes(ofHexadecimal text: String) -> [UInt8] {
    let digits = Array(text)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }

  private func hexadecimal(_ text: String) -> String {
    text.utf8.map { String($0, radix: 16) }.joined()
  }
}

private actor SeenText {
  private(set) var text = ""

  func add(_ more: String) { text += more }
}

/// Runs `body` with a folder that is removed afterwards.
func withTemporaryFolder(_ body: (URL) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "fleetize-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder)
}

extension URL {
  /// Writes a file into this folder.
  ///
  /// - Returns: its path.
  func file(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    let file = appending(path: name).path
    try Data(text.utf8).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    return file
  }
}
