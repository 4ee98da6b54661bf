import Extract
import FleetModel
import Foundation
import TestSupport
import Testing

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"

@Suite struct `A request on the wire` {
  @Test func `asks for the device list with the token only in the body`() async throws {
    try await ScriptedServer.run([.readRequest, .send(ok)]) { server in
      _ = try await ask(server.url)
      let parts = try #require(server.requests.first).components(separatedBy: "\r\n\r\n")
      #expect(server.requests.count == 1)
      #expect(parts.count == 2)
      #expect(parts.last == "apitoken=c4n4ry%2Ft0ken%2BA1")
      #expect(!(parts.first ?? canary).contains("c4n4ry"))
      #expect(
        parts.first?.split(separator: "\r\n").map(String.init).sorted()
          == [
            "Accept-Encoding: gzip", "Accept: */*", "Connection: close",
            "Content-Type: application/x-www-form-urlencoded", "host: 127.0.0.1:\(server.port)",
            "POST /v2/devicelist HTTP/1.1", "User-Agent: fleetize-etl/1.2.3", "Content-Length: 28",
          ].sorted())
    }
  }

  @Test func `asks for a device and the first second of the day`() async throws {
    try await ScriptedServer.run([.readRequest, .send(ok)]) { server in
      _ = try await ask(server.url, someDay)
      #expect(server.requests.first?.hasPrefix("POST /v2/device HTTP/1.1\r\n") == true)
      #expect(
        server.requests.first?.hasSuffix("\r\n\r\napitoken=c4n4ry%2Ft0ken%2BA1&device=492&time=1416528000") == true)
    }
  }

  @Test func `has a connection of its own`() async throws {
    try await ScriptedServer.run([.readRequest, .send(ok), .readRequest, .send(ok)]) { server in
      let client = try FleetizeClient(baseURL: server.url + "/", logger: quiet)
      for _ in 1...3 {
        let response = await client.send(.deviceList, token: try Token(canary), now: { noon })
        #expect(throws: Never.self) { try response.get() }
      }
      await client.shutdown()
      #expect(server.connectionCount == 3)
      #expect(server.requests.hasOnly { $0.hasPrefix("POST /v2/devicelist HTTP/1.1\r\n") })
    }
  }
}
