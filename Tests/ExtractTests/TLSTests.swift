import FleetModel
import FleetizeAPI
import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import Extract

@Suite struct `A TLS connection` {
  private func ask(
    _ server: TLSServer, host: String = "localhost", trusting roots: NIOSSLTrustRoots
  ) async throws -> Result<Response, Fault> {
    let client = try FleetizeClient(
      baseURL: "https://\(host):\(server.port)/v2", timeout: 60, maxResponseBytes: 1_000, trustRoots: roots,
      logger: quiet
    )
    let answer = await client.send(.deviceList, token: try Token(canary), now: { noon })
    await client.shutdown()
    return answer
  }

  @Test func `carries the call if the certificate is good`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try await TLSServer.run(identity) { server in
        let response = try await ask(server, trusting: .file(identity.certificatePath)).get()
        #expect(response.body == Array("[]".utf8))
        #expect(server.hasHeardPlainText)
      }
    }
  }

  @Test func `is refused if the certificate's issuer is unknown`() async throws {
    try await withTemporaryFolder { folder in
      try await TLSServer.run(try TLSIdentity(for: "localhost", in: folder)) { server in
        let fault = try await ask(server, trusting: .default).fault
        #expect(
          fault
            == .unreachable(
              "the server's TLS certificate is not trusted (expired, not yet valid, or its issuer is unknown to this machine)"
            ))
        #expect(!server.hasHeardPlainText)
      }
    }
  }

  @Test(arguments: [("20200101000000Z", "20200201000000Z", false), ("20200101000000Z", "20990101000000Z", true)])
  func `is refused if the certificate has expired`(start: String, end: String, isGood: Bool) async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try identity.reissue(from: start, until: end, in: folder)
      try await TLSServer.run(identity) { server in
        let answer = try await ask(server, trusting: .file(identity.certificatePath))
        #expect(answer.fault?.code == (isGood ? nil : "unreachable"))
        #expect(isGood || "\(answer)".contains("expired"))
        #expect(server.hasHeardPlainText == isGood)
      }
    }
  }

  @Test func `may use TLS 1.2`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try await TLSServer.run(identity, newest: .tlsv12) { server in
        let response = try await ask(server, trusting: .file(identity.certificatePath)).get()
        #expect(response.body == Array("[]".utf8))
      }
    }
  }

  @Test func `is refused if the certificate is for another name`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "api.fleetize.example", in: folder)
      try await TLSServer.run(identity) { server in
        let fault = try await ask(server, trusting: .file(identity.certificatePath)).fault
        #expect(fault == .unreachable("the server's TLS certificate is not for this host name"))
        #expect(!server.hasHeardPlainText)
      }
    }
  }

  @Test func `is refused if the server does not support TLS 1.2`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try await TLSServer.run(identity, newest: .tlsv11) { server in
        let fault = try await ask(server, trusting: .file(identity.certificatePath)).fault
        #expect(fault == .unreachable("the server offers no TLS 1.2 or newer"))
        #expect(!server.hasHeardPlainText)
      }
    }
  }

  @Test func `is refused if the server does not use TLS`() async throws {
    try await ScriptedServer.run([.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"), .hang]) { server in
      let client = try FleetizeClient(baseURL: "https://127.0.0.1:\(server.port)", timeout: 60, logger: quiet)
      let fault = await client.send(.deviceList, token: try Token(canary), now: { noon }).fault
      await client.shutdown()
      #expect(fault == .unreachable("the TLS handshake failed"))
    }
  }
}
