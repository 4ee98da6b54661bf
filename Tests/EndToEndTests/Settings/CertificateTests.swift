import FleetizeSimulator
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The real program and servers whose certificate, or whose TLS, is not to be relied on.
///
/// What the machine trusts is its list of authorities: the program sees it with the certificate of the test in its place.
@Suite(.enabled("trusting other authorities takes root, a mount namespace and a list to put them over", canTrustOthers))
struct `A server's certificate` {
  enum Flaw: String, CaseIterable, Sendable {
    case nobodyVouches, isForAnotherName, hasExpired, isOfATLSTooOld

    var complaint: String {
      switch self {
      case .nobodyVouches: "the server's TLS certificate is not trusted"
      case .isForAnotherName: "the server's TLS certificate is not for this host name"
      case .hasExpired: "expired"
      case .isOfATLSTooOld: "the server offers no TLS 1.2 or newer"
      }
    }
  }

  @Test func `that the machine trusts lets the call through`() async throws {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "localhost", in: folder)
      try await withStage([.delivery]) { stage in
        try await TLSServer.run(identity) { server in
          let outcome = try await run(stage, against: server, trusting: identity.certificatePath)
          // It answers with an empty list: the account has no device yet.
          #expect(outcome.code == 0 && !outcome.errors.contains("TLS"), "\(outcome.errors)")
          #expect(server.hasHeardPlainText)
        }
        #expect(try await stage.rows("select calls_used > 0 from bi.api_budget") == ["(t)"])
        try await TLSServer.run(identity) { server in
          let visit = try Visit(await run(stage, Self.doctor, against: server, trusting: identity.certificatePath))
          #expect(visit.verdicts["api"] == "ok" && visit.finding("api").contains("TLS verified"), "\(visit.text)")
          #expect(!server.hasHeardPlainText)
        }
      }
    }
  }

  @Test(arguments: Flaw.allCases) func `that cannot be trusted ends the run with 69, and the token is not sent`(
    flaw: Flaw
  ) async throws {
    try await withTemporaryFolder { folder in
      let identity = try identity(with: flaw, in: folder)
      try await withStage([.delivery]) { stage in
        try await TLSServer.run(identity, newest: flaw == .isOfATLSTooOld ? .tlsv11 : .tlsv13) { server in
          let outcome = try await run(
            stage, against: server, trusting: flaw == .nobodyVouches ? nil : identity.certificatePath)
          #expect(outcome.code == 69, "\(outcome.errors)")
          #expect(outcome.errors.contains(flaw.complaint), "\(outcome.errors)")
          #expect(!(outcome.errors + outcome.output).contains(Stage.token))
          #expect(!server.hasHeardPlainText)
        }
        #expect(try await stage.rows("select calls_used from bi.api_budget") == ["(0)"])
      }
    }
  }

  @Test(arguments: Flaw.allCases) func `that is not to be relied on is a problem for doctor, which sends nothing`(
    flaw: Flaw
  ) async throws {
    try await withTemporaryFolder { folder in
      let identity = try identity(with: flaw, in: folder)
      try await withStage([.delivery]) { stage in
        try await TLSServer.run(identity, newest: flaw == .isOfATLSTooOld ? .tlsv11 : .tlsv13) { server in
          let trusted = flaw == .nobodyVouches ? nil : identity.certificatePath
          let visit = try Visit(await run(stage, Self.doctor, against: server, trusting: trusted))
          #expect(visit.code == 1)
          #expect(visit.verdicts["api"] == "problem" && visit.finding("api").contains(flaw.complaint), "\(visit.text)")
          #expect(visit.advice("api").contains("certificates") && visit.advice("api").contains("no call was spent"))
          #expect(visit.verdicts["database"] == "ok", "the rest is still checked")
          #expect(!visit.text.contains(Stage.token) && !server.hasHeardPlainText)
        }
        #expect(try await stage.rows("select from etl.api_call") == [])
      }
    }
  }

  private func identity(with flaw: Flaw, in folder: URL) throws -> TLSIdentity {
    let identity = try TLSIdentity(for: flaw == .isForAnotherName ? "api.fleetize.example" : "localhost", in: folder)
    if flaw == .hasExpired { try identity.reissue(from: "20200101000000Z", until: "20200201000000Z", in: folder) }
    return identity
  }

  private static let doctor = ["doctor", "--format", "json"]

  /// Runs the program on a machine that trusts this certificate and no other; as the machine is for nil.
  private func run(
    _ stage: Stage, _ command: [String] = ["run"], against server: TLSServer, trusting path: String?
  ) async throws -> Program.Outcome {
    let change = ["FLEETIZE_API_URL": "https://localhost:\(server.port)/v2"]
    guard let path else { return try await stage.etl(command, with: change) }
    let program = Program.folder.appending("fleetize-etl")
    // Seen by this process alone, and gone with it.
    let steps = "mount --bind '\(path)' \(authorities) && exec '\(program)' \(command.joined(separator: " "))"
    return try await Program.tool(
      "unshare", ["--mount", "bash", "-c", steps], stage.environment.merging(change) { $1 })
  }
}

private let authorities = "/etc/ssl/certs/ca-certificates.crt"

@Sendable private func canTrustOthers() async throws -> Bool {
  guard getuid() == 0, FileManager.default.fileExists(atPath: authorities) else { return false }
  return try await Program.tool("unshare", ["--mount", "mount", "--bind", authorities, authorities], [:]).code == 0
}
