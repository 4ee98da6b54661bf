import FleetModel
import FleetizeSimulator
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a server can do to a connection, done to the real program over a real socket.
@Suite struct `A server that` {
  struct Misdeed: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var script: [ScriptedServer.Step]
    /// What stderr says of it.
    var fault: String
    /// The rule of the finding; nil when there is no response to have one about.
    var rule: String?
    var timeout = "45"

    init(
      _ name: String, _ script: [ScriptedServer.Step], _ fault: String, rule: String? = nil, timeout: String = "45"
    ) {
      testDescription = name
      self.script = [.readRequest] + script
      self.fault = fault
      self.rule = rule
      self.timeout = timeout
    }
  }

  private static func whole(_ body: String, status: String = "200 OK", type: String = "application/json") -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// A whole day of the vehicle, but for its end.
  private static let half =
    #"{"device":{"device_id":492,"timestamp":\#(Int(day.start.timeIntervalSince1970))},"routes":[{"or"#
  private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
  private static let day = Days.ago(3)

  static let misdeeds: [Misdeed] =
    [
      Misdeed(
        "resets before the headers", [.reset],
        "the connection ended before the response was complete: connection reset by peer"),
      Misdeed("closes before the headers", [.close], "the server closed the connection"),
      Misdeed(
        "resets in the headers", [.send("HTTP/1.1 200 OK\r\nContent-Le"), .drip("n", every: 0.3), .reset],
        "the connection ended before the response was complete"),
      Misdeed(
        "resets after the headers", [.send(head), .drip("{", every: 0.3), .reset],
        "the response was cut off after 1 bytes",
        rule: "response_truncated"),
      Misdeed(
        "closes before the length that it announced", [.send(head + half), .close],
        "the response was cut off after \(half.utf8.count) bytes", rule: "response_truncated"),
      Misdeed(
        "cuts a response and announces the length of what is left", [.send(whole(half))],
        "the response was cut off after \(half.utf8.count) bytes", rule: "response_truncated"),
      Misdeed(
        "never sends the last chunk",
        [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dev\r\n"), .close],
        "the response was cut off after 5 bytes", rule: "response_truncated"),
      Misdeed("responses nothing at all", [.hang], "no complete response within 4.0 s", timeout: "4"),
      Misdeed(
        "drips", [.send(head), .drip(String(repeating: " ", count: 1_000), every: 0.1)],
        "no complete response within 4.5 s",
        timeout: "4.5"),
      Misdeed("is a mail server", [.send("220 mail.example ESMTP\r\n"), .close], "the response is not HTTP"),
      Misdeed(
        "never ends its headers", [.send("HTTP/1.1 200 OK\r\n"), .sendForever("X-More: and more\r\n")],
        "the response's headers are too large"),
      Misdeed("responses 200 and nothing", [.send(whole(""))], "the response is empty", rule: "response_empty"),
      Misdeed(
        "calls what is no gzip so",
        [.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope")],
        "the response was cut", rule: "response_truncated"),
      Misdeed(
        "warns before the response",
        [.send(whole("<br />\n<b>Warning</b>: x in y on line 3<br />\n{}", type: "text/html"))],
        "the response is not JSON: unexpected byte 0x3C at offset 0", rule: "response_not_json"),
    ]
    + [500, 502, 503, 504].map { status in
      Misdeed(
        "responses \(status) with a page",
        [.send(whole("<html><h1>\(status)</h1></html>", status: "\(status) No", type: "text/html"))],
        "the API answered with HTTP status \(status)", rule: "http_status")
    }

  @Test(arguments: misdeeds) func `misbehaves is asked three times, costs no row and no secret, and is reported`(
    misdeed: Misdeed
  ) async throws {
    try await withStage([.delivery]) { stage in
      // The list and a good day, so that there are rows which could be harmed.
      #expect(try await stage.etl(Days.backfill(from: 4, to: 4)).code == 0)
      let tables = try await stage.tables()
      try await ScriptedServer.run(misdeed.script) { server in
        let outcome = try await stage.etl(
          Days.backfill(from: 3, to: 3),
          with: ["FLEETIZE_API_URL": server.url, "FLEETIZE_REQUEST_TIMEOUT": misdeed.timeout])
        #expect(outcome.code == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("failed: account default, device 492, \(Self.day): "), "\(outcome.errors)")
        #expect(outcome.errors.contains(misdeed.fault), "\(outcome.errors)")
        #expect(!(outcome.errors + outcome.output).contains(Stage.token))
        #expect(server.connectionCount == 3)
      }
      #expect(
        try await stage.tables().filter { $0.key != "data_coverage" } == tables.filter { $0.key != "data_coverage" })
      #expect(
        try await stage.rows("select state from bi.data_coverage where day = '\(Self.day)'") == ["(failed)"])
      #expect(
        try await stage.rows("select rule from bi.finding where day = '\(Self.day)'")
          == Array(repeating: "(\(misdeed.rule ?? ""))", count: misdeed.rule == nil ? 0 : 3))
      // A call that left costs, whatever became of it.
      #expect(try await stage.rows("select calls_used from bi.api_budget") == ["(5)"])
      #expect(try await stage.rows("select from etl.api_call where ended_at is null") == [])

      #expect(try await stage.etl(Days.backfill(from: 3, to: 3)).code == 0)
      // A day that the API could not deliver in time comes without its points in the same night.
      let isHeavy =
        misdeed.rule == "response_truncated" || misdeed.fault.hasPrefix("no complete response")
        || misdeed.fault.hasSuffix("504")
      #expect(
        try await stage.rows("select state from bi.data_coverage where day = '\(Self.day)'")
          == [isHeavy ? "(provisional)" : "(final)"])
    }
  }

  /// The vendor allows itself 30 s; the program waits 45 s when nobody says otherwise.
  @Test func `answers drop by drop for 32 s is listened to`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 4)).code == 0)
      let response = """
        {"device":{"device_id":492,"timestamp":\(Int(Self.day.start.timeIntervalSince1970)),\
        "heartbeat_timestamp":\(Int(Days.today.start.timeIntervalSince1970))},"routes":[]}
        """
      let script: [ScriptedServer.Step] = [
        .readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: \(16 + response.utf8.count)\r\n\r\n"),
        .drip(String(repeating: " ", count: 16), every: 2), .send(response),
      ]
      try await ScriptedServer.run(script) { server in
        let outcome = try await stage.etl(Days.backfill(from: 3, to: 3), with: ["FLEETIZE_API_URL": server.url])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(server.connectionCount == 1)
      }
      #expect(
        try await stage.rows("select fetched_at is not null from bi.data_coverage where day = '\(Self.day)'") == ["(t)"]
      )
    }
  }

  @Test func `compresses its response is understood`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 4)).code == 0)
      let response = """
        {"device":{"device_id":492,"timestamp":\(Int(Self.day.start.timeIntervalSince1970)),\
        "heartbeat_timestamp":\(Int(Days.today.start.timeIntervalSince1970))},"routes":[]}
        """
      let zipped = try Command.gzip(Array(response.utf8))
      let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(zipped.count)\r\n\r\n"
      try await ScriptedServer.run([.readRequest, .send(head), .sendBytes(zipped)]) { server in
        let outcome = try await stage.etl(Days.backfill(from: 3, to: 3), with: ["FLEETIZE_API_URL": server.url])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(server.connectionCount == 1)
        #expect(server.requests.hasOnly { $0.lowercased().contains("accept-encoding: gzip") })
      }
      #expect(
        try await stage.rows("select body_bytes from etl.response where day = '\(Self.day)' and action = 'device'")
          == ["(\(response.utf8.count))"])
      #expect(
        try await stage.rows("select fetched_at is not null from bi.data_coverage where day = '\(Self.day)'") == ["(t)"]
      )
    }
  }

  @Test func `speaks no TLS where it should does not get the token`() async throws {
    try await withStage([.delivery]) { stage in
      try await ScriptedServer.run([.send(Self.whole("[]")), .readRequest]) { server in
        let outcome = try await stage.etl(
          ["run"], with: ["FLEETIZE_API_URL": server.url.replacing("http:", with: "https:")])
        #expect(outcome.code == 69, "\(outcome.errors)")
        #expect(outcome.errors.contains("the TLS handshake failed"), "\(outcome.errors)")
        #expect(server.connectionCount == 5)
        #expect(server.requests.hasOnly { !$0.contains(Stage.token) })
      }
      #expect(try await stage.rows("select calls_used from bi.api_budget") == ["(0)"])
    }
  }

  @Test func `drips without an end is given up after 45 s`() async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 4)).code == 0)
      let drops = String(repeating: " ", count: 1_000)
      try await ScriptedServer.run([.readRequest, .send(Self.head), .drip(drops, every: 1)]) { server in
        let outcome = try await stage.etl(
          Days.backfill(from: 3, to: 3, "--max-calls", "1"), with: ["FLEETIZE_API_URL": server.url])
        #expect(outcome.code != 0)
        #expect(outcome.errors.contains("no complete response within 45.0 s"), "\(outcome.errors)")
        #expect(server.connectionCount == 1)
      }
      let last = "select ended_at - started_at as took, outcome from etl.api_call order by call_key desc limit 1"
      #expect(try await stage.rows("select took >= interval '45 s', outcome from (\(last)) as last") == ["(t,unknown)"])
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308]) func `redirects is not followed, and the token does not travel`(
    status: Int
  ) async throws {
    try await withStage([.delivery]) { stage in
      #expect(try await stage.etl(Days.backfill(from: 4, to: 4)).code == 0)
      try await ScriptedServer.run([.readRequest, .send(Self.whole("{}"))]) { elsewhere in
        // Another host by its name: another port alone would be the same one for some clients.
        let target = elsewhere.url.replacing("127.0.0.1", with: "localhost")
        let response = "HTTP/1.1 \(status) Moved\r\nLocation: \(target)/device\r\nContent-Length: 0\r\n\r\n"
        try await ScriptedServer.run([.readRequest, .send(response)]) { server in
          let outcome = try await stage.etl(Days.backfill(from: 3, to: 3), with: ["FLEETIZE_API_URL": server.url])
          #expect(outcome.code == 2)
          #expect(outcome.errors.contains("HTTP status \(status)"))
          #expect(server.requests.count == 3 && server.requests.hasOnly { $0.contains(Stage.token) })
        }
        #expect(elsewhere.connectionCount == 0)
      }
    }
  }

  /// More than the largest response that is accepted, in each way of sending it: the process does not grow with it.
  @Test(arguments: ["announced", "in chunks", "without a length", "compressed"])
  func `sends 200 MB is not listened to for long`(way: String) async throws {
    let chunk = String(repeating: "0", count: 1 << 16)
    let script: [ScriptedServer.Step]
    switch way {
    case "announced":
      script = [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"), .sendForever(chunk)]
    case "in chunks":
      script = [
        .readRequest, .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .sendForever("10000\r\n\(chunk)\r\n"),
      ]
    case "without a length":
      script = [.readRequest, .send("HTTP/1.1 200 OK\r\n\r\n"), .sendForever(chunk)]
    default:
      let bomb = try Command.gzip([UInt8](repeating: UInt8(ascii: "0"), count: 200_000_000))
      try #require(bomb.count < 300_000)
      script = [
        .readRequest, .send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n"),
        .sendBytes(bomb),
      ]
    }
    try await withStage([.delivery]) { stage in
      let usual = try await peakMemory { try await stage.etl(Days.backfill(from: 4, to: 4), meanwhile: $0) }
      #expect(usual.outcome.code == 0)
      try await ScriptedServer.run(script) { server in
        let large = try await peakMemory {
          try await stage.etl(Days.backfill(from: 3, to: 3), with: ["FLEETIZE_API_URL": server.url], meanwhile: $0)
        }
        #expect(large.outcome.code == 2, "\(large.outcome.errors)")
        #expect(large.outcome.errors.contains("the response is larger than the limit of 67108864 bytes"))
        // Of no use to repeat.
        #expect(server.connectionCount == 1)
        #expect(server.sentBytes < 100_000_000)
        #expect(
          usual.kilobytes > 10_000 && large.kilobytes < usual.kilobytes + 200_000,
          "\(usual.kilobytes) \(large.kilobytes)")
      }
    }
  }

  /// The largest resident size (VmHWM) that the process had when it was last looked at.
  private func peakMemory(
    _ run: (@escaping @Sendable (pid_t) async throws -> Void) async throws -> Program.Outcome
  ) async throws -> (outcome: Program.Outcome, kilobytes: Int) {
    let peak = Mutex(0)
    let outcome = try await run { process in
      // A process that has ended has no sizes left.
      while let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
      {
        peak.withLock { $0 = max($0, kilobytes) }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    return (outcome, peak.withLock { $0 })
  }
}
