import Extract
import FleetModel
import FleetizeAPI
import Foundation
import Logging
import TestSupport
import Testing

@Suite struct `A response` {
  @Test func `is kept as received, with its times`() async throws {
    let answer =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 9\r\n\r\n[{\"a\":1}]"
    try await ScriptedServer.run([.readRequest, .send(answer)]) { server in
      let client = try FleetizeClient(baseURL: server.url, logger: quiet)
      let clock = TickingClock(from: noon)
      let response = try await client.send(someDay, token: try Token(canary), now: { clock.tick() }).get()
      await client.shutdown()
      #expect(
        response
          == Response(
            request: someDay, requestedAt: noon, answeredAt: noon + 1, httpStatus: 200,
            contentType: "application/json; charset=utf-8", isComplete: true, body: Array("[{\"a\":1}]".utf8)))
    }
  }

  @Test(arguments: [204, 400, 403, 404, 429, 500, 502, 503, 504])
  func `may have any status`(status: Int) async throws {
    let body = status == 204 ? "" : "<html>"
    let head = "HTTP/1.1 \(status) Whatever\r\n" + (body.isEmpty ? "" : "Content-Length: 6\r\n")
    try await ScriptedServer.run([.readRequest, .send("\(head)\r\n\(body)")]) { server in
      let response = try await ask(server.url).get()
      #expect(response.httpStatus == status)
      #expect(response.isComplete)
      #expect(response.body == Array(body.utf8))
      #expect(response.contentType == nil)
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n", "[1,2]"),
    ("HTTP/1.1 200 OK\r\n\r\n[1,2]", "[1,2]"),
    ("HTTP/1.0 200 OK\r\n\r\n[1,2]", "[1,2]"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[1,2]", "[1,2]"),
    // More than announced: only what was announced is the response.
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1,2]", "[1,"),
  ])
  func `is complete, however its length is given`(answer: String, body: String) async throws {
    try await ScriptedServer.run([.readRequest, .send(answer)]) { server in
      let response = try await ask(server.url).get()
      #expect(response.isComplete)
      #expect(String(decoding: response.body, as: UTF8.self) == body)
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[1,2",
  ])
  func `that is cut is kept as cut, with what had arrived`(answer: String) async throws {
    try await ScriptedServer.run([.readRequest, .send(answer), .close]) { server in
      let response = try await ask(server.url).get()
      #expect(!response.isComplete)
      #expect(response.httpStatus == 200)
      #expect(String(decoding: response.body, as: UTF8.self) == "[1,2")
    }
  }

  @Test func `that is reset in its body is kept as cut`() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    try await ScriptedServer.run([.readRequest, .send(head + "[1,2"), .drip("3", every: 2), .reset]) { server in
      let response = try await ask(server.url).get()
      #expect(!response.isComplete)
      #expect(String(decoding: response.body, as: UTF8.self) == "[1,23")
    }
  }

  @Test(
    arguments: [
      [.readRequest, .reset],
      [.readRequest, .close],
      [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Le"), .close],
      [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Le"), .drip("n", every: 0.2), .reset],
      [.readRequest, .send("220 mail.example ESMTP\r\n"), .close],
    ] as [[ScriptedServer.Step]])
  func `that ends before its body is not a response`(script: [ScriptedServer.Step]) async throws {
    try await ScriptedServer.run(script) { server in
      let fault = try #require(await ask(server.url).fault)
      #expect(fault.code == "connection_lost")
    }
  }

  @Test func `whose headers never end is given up`() async throws {
    try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\n"), .sendForever("X-More: and more\r\n")]) {
      let fault = try await ask($0.url).fault
      #expect(fault == .connectionLost("the response's headers are too large"))
    }
  }

  @Test func `whose one header never ends is given up`() async throws {
    try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\nX: "), .sendForever("more and more ")]) {
      let fault = try await ask($0.url).fault
      #expect(fault == .connectionLost("the response's headers are too large"))
    }
  }

  @Test func `that redirects is not followed`() async throws {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    try await ScriptedServer.run([.readRequest, .send(whole)]) { elsewhere in
      for status in [301, 302, 303, 307, 308] {
        let answer = "HTTP/1.1 \(status) Moved\r\nLocation: \(elsewhere.url)/devicelist\r\nContent-Length: 0\r\n\r\n"
        try await ScriptedServer.run([.readRequest, .send(answer)]) { server in
          let response = try await ask(server.url).get()
          #expect(response.httpStatus == status)
          #expect(server.connectionCount == 1)
        }
      }
      #expect(elsewhere.connectionCount == 0)
    }
  }
}

@Suite struct `A deadline` {
  @Test func `ends a call without a response`() async throws {
    try await ScriptedServer.run([.readRequest, .hang]) { server in
      let fault = try await ask(server.url, timeout: 5).fault
      #expect(fault == .timedOut(seconds: 5))
    }
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
  func `ends a response that drips`(quick: String) async throws {
    let slowly = ScriptedServer.Step.drip("HTTP/1.1 200 OK" + String(repeating: " ", count: 2_000), every: 0.05)
    try await ScriptedServer.run([.readRequest, .send(quick), slowly]) {
      let fault = try await ask($0.url, timeout: 5).fault
      #expect(fault == .timedOut(seconds: 5))
    }
  }

  @Test func `holds for a server that does not even accept`() async throws {
    // Documentation addresses (RFC 5737) lead nowhere; a machine without a route fails at once.
    let client = try FleetizeClient(baseURL: "https://192.0.2.1/v2", timeout: 0.5, logger: quiet)
    let fault = await client.send(.deviceList, token: try Token(canary), now: { noon }).fault
    await client.shutdown()
    #expect(fault?.code == "unreachable")
  }
}

@Suite struct `A server that cannot be reached` {
  @Test func `is reported in the system's words`() async throws {
    try await withDeafPort { port in
      for host in ["127.0.0.1", "localhost"] {
        let fault = try await ask("http://\(host):\(port)/v2").fault
        #expect(fault == .unreachable("connection refused"))
      }
    }
  }

  @Test func `is reported by its name if that is unknown`() async throws {
    let fault = try await ask("https://api.fleetize.invalid/v2").fault
    #expect(fault == .unreachable("the name api.fleetize.invalid was not found"))
  }

  @Test func `is not called by a client that was shut down`() async throws {
    let client = try FleetizeClient(baseURL: "http://127.0.0.1:1", logger: quiet)
    await client.shutdown()
    await client.shutdown()
    let fault = await client.send(.deviceList, token: try Token(canary), now: { noon }).fault
    #expect(fault == .unreachable("this client has been shut down"))
  }

  @Test func `is given up with its task`() async throws {
    try await ScriptedServer.run([.readRequest, .hang]) { server in
      let call = Task { try await ask(server.url) }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
      call.cancel()
      #expect(try await call.value.fault == .connectionLost("the call was cancelled"))
    }
  }
}

@Suite struct `The size limit` {
  private let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 50_000_000)

  private func gzipped(_ bytes: [UInt8]) -> [UInt8] {
    Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bytes.count)\r\n\r\n".utf8) + bytes
  }

  @Test func `stops a body that announces more`() async throws {
    try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"), .hang]) {
      let fault = try await ask($0.url, maxResponseBytes: 1_000).fault
      #expect(fault == .tooLarge(limitBytes: 1_000))
    }
  }

  @Test(arguments: ["", "Transfer-Encoding: chunked\r\n"])
  func `stops a body that never ends`(header: String) async throws {
    let part = header.isEmpty ? "0123456789" : "a\r\n0123456789\r\n"
    try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\n\(header)\r\n"), .sendForever(part)]) {
      let fault = try await ask($0.url, maxResponseBytes: 100_000).fault
      #expect(fault == .tooLarge(limitBytes: 100_000))
    }
  }

  @Test func `lets a body of exactly that size through`() async throws {
    let body = String(repeating: "1", count: 1_000)
    try await ScriptedServer.run([.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\(body)")]) {
      let response = try await ask($0.url, maxResponseBytes: 1_000).get()
      #expect(response.body == Array(body.utf8))
    }
  }

  @Test func `counts after decompression`() async throws {
    let bomb = try Command.gzip(zeros)
    #expect(bomb.count < 1 << 20)
    try await ScriptedServer.run([.readRequest, .sendBytes(gzipped(bomb))]) {
      let fault = try await ask($0.url).fault
      #expect(fault == .tooLarge(limitBytes: 1 << 20))
    }
  }

  @Test func `lets a compressed body through, decompressed`() async throws {
    let body = Array(zeros.prefix(1 << 20))
    let compressed = try Command.gzip(body)
    try await ScriptedServer.run([.readRequest, .sendBytes(gzipped(compressed))]) { server in
      let response = try await ask(server.url).get()
      #expect(response.isComplete)
      #expect(response.body == body)
    }
  }

  @Test func `a compressed body that is cut or broken is kept as cut`() async throws {
    let compressed = try Command.gzip(Array(zeros.prefix(100_000)))
    for broken in [Array(compressed.dropLast(20)), Array("this is not gzip".utf8), compressed + Array("more".utf8)] {
      try await ScriptedServer.run([.readRequest, .sendBytes(gzipped(broken))]) { server in
        let response = try await ask(server.url).get()
        #expect(!response.isComplete)
        #expect(response.httpStatus == 200)
      }
    }
  }
}

@Suite struct `A token in a response` {
  @Test(arguments: [
    "invalid token c4n4ry/t0ken+A1!", "c4n4ry%2Ft0ken%2BA1", "c4n4ry%2ft0ken%2bA1", #"{"t":"c4n4ry\/t0ken+A1"}"#,
    "c4n4ry/t0kenc4n4ry/t0ken+A1c4n4ry/t0ken+A1c", "c4n4ry/t0ken+A1",
  ])
  func `is replaced by text of equal length`(body: String) async throws {
    let type = "text/plain; x=c4n4ry/t0ken+A1"
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    try await ScriptedServer.run([.readRequest, .send(answer)]) { server in
      let response = try await ask(server.url).get()
      let text = String(decoding: response.body, as: UTF8.self)
      #expect(response.body.count == body.utf8.count)
      #expect(!text.contains("A1"))
      #expect(text.contains("*"))
      #expect(response.contentType == "text/plain; x=***************")
    }
  }

  @Test func `is replaced if the response is cut in its middle`() async throws {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nno such token: c4n4ry/t0k"
    try await ScriptedServer.run([.readRequest, .send(answer), .close]) { server in
      let response = try await ask(server.url).get()
      #expect(String(decoding: response.body, as: UTF8.self) == "no such token: **********")
    }
  }

  @Test func `is left alone if it is too short to be a secret`() async throws {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n[{\"demo\":1}"
    try await ScriptedServer.run([.readRequest, .send(answer)]) { server in
      let response = try await ask(server.url, token: "demo").get()
      #expect(String(decoding: response.body, as: UTF8.self) == "[{\"demo\":1}")
    }
  }

  @Test func `is in no log line and no fault`() async throws {
    let lines = RecordingLog.Lines()
    let logger = Logger(label: "test") { _ in RecordingLog(lines: lines) }
    let scripts: [[ScriptedServer.Step]] = [
      [.readRequest, .send("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n\(canary)")],
      [.readRequest, .send(canary), .close], [.readRequest, .reset],
      [.readRequest, .send("HTTP/1.1 200 \(canary)"), .close],
    ]
    var words: [String] = []
    for script in scripts {
      try await ScriptedServer.run(script) { server in
        let answer = try await ask(server.url, timeout: 20, logger: logger)
        words.append("\(answer) " + String(decoding: (try? answer.get())?.body ?? [], as: UTF8.self))
        if let fault = answer.fault { words.append("\(fault) \(fault.hint ?? "") \(String(reflecting: fault))") }
      }
    }
    #expect(lines.all.count == scripts.count)
    #expect((lines.all + words).hasOnly { !$0.contains("c4n4ry") })
  }
}
