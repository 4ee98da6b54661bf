import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import Extract

@Suite struct `A look at whether the API can be reached` {
  private func failure(_ url: String, trusting roots: NIOSSLTrustRoots = .default, timeout: Double = 120) async throws
    -> String?
  {
    try await Reachability(baseURL: url, allowsPlainHTTP: false, trustRoots: roots).failure(timeout: timeout)
  }

  @Test func `completes the handshake and sends nothing`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try await TLSServer.run(identity) { server in
        let found = try await failure("https://localhost:\(server.port)/v2", trusting: .file(identity.certificatePath))
        #expect(found == nil)
        #expect(!server.hasHeardPlainText)
      }
    }
  }

  @Test func `finds what is wrong with a certificate`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "api.fleetize.example", in: folder)
      try await TLSServer.run(identity) { server in
        let unknown = try await failure("https://localhost:\(server.port)")
        #expect(unknown?.contains("is not trusted") == true)
        let other = try await failure("https://localhost:\(server.port)", trusting: .file(identity.certificatePath))
        #expect(other == "the server's TLS certificate is not for this host name")
        #expect(!server.hasHeardPlainText)
      }
      try await TLSServer.run(try TLSIdentity(for: "localhost", in: folder), newest: .tlsv11) { server in
        let found = try await failure("https://localhost:\(server.port)")
        #expect(found == "the server offers no TLS 1.2 or newer")
      }
    }
  }

  @Test func `sends nothing without TLS either`() async throws {
    try await ScriptedServer.run([.readRequest, .hang]) { server in
      let found = try await failure("\(server.url)")
      #expect(found == nil)
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `finds refused connections, silent servers and unknown names`() async throws {
    try await withDeafPort { port in
      let found = try await failure("https://127.0.0.1:\(port)")
      #expect(found == "connection refused")
    }
    try await ScriptedServer.run([.hang]) { server in
      let silent = try await failure("https://127.0.0.1:\(server.port)", timeout: 5)
      #expect(silent == "the TLS handshake did not complete in time")
    }
    let found = try await failure("https://api.invalid/v2")
    #expect(found == "the name api.invalid was not found")
  }

  @Test func `refuses a URL that no token may be sent to`() {
    #expect(throws: SettingError.self) { try Reachability(baseURL: "http://192.0.2.1/v2", allowsPlainHTTP: false) }
  }
}
