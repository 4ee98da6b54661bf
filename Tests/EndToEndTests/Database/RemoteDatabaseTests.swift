import Foundation
import SystemPackage
import TestSupport
import Testing

/// A server with TLS at an address that is not of this machine, in a network of the test's own.
@Suite(.enabled(if: getuid() == 0, "only root may make a network"))
struct `A database on another machine` {
  private static let address = "192.0.2.7"

  @Test func `is a warning of doctor unless its certificate is verified, and sslmode is left as it is set`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let identity = try TLSIdentity(for: "db.example.org", in: folder)
      try await withClusterFolder { cluster in
        let server = try await cluster.start()
        try await withStage(database: server) { stage in
          let port = try await restart(cluster, with: folder)
          let place = "hostaddr=\(Self.address) port=\(port) user=fleetize dbname=postgres"
          let root = "sslrootcert=\(identity.certificatePath)"
          for (mode, verdict, text) in [
            ("sslmode=verify-full \(root)", "ok", "the server's certificate is verified"),
            ("sslmode=verify-ca \(root)", "warning", "sslmode=verify-ca does not verify the server"),
            ("sslmode=require", "warning", "encrypted, and sslmode=require"),
            ("", "warning", "encrypted, and sslmode=prefer"), ("sslmode=disable", "warning", "not encrypted"),
          ] {
            let visit = try Visit(
              await run(
                ["doctor", "--format", "json"], beside: cluster, stage,
                "host=db.example.org \(place)" + (mode.isEmpty ? "" : " \(mode)")))
            #expect(visit.verdicts["database"] == "ok", "\(mode): \(visit.text)")
            #expect(visit.verdicts["database_tls"] == verdict, "\(mode): \(visit.text)")
            #expect(visit.finding("database_tls").contains(text), "\(mode): \(visit.finding("database_tls"))")
            #expect(verdict == "ok" || visit.advice("database_tls").contains("sslmode=verify-full"))
          }
          // Whoever asks for more gets it: a certificate that is for another name is refused.
          let other = "host=other.example.org \(place) sslmode=verify-full \(root)"
          let visit = try Visit(await run(["doctor", "--format", "json"], beside: cluster, stage, other))
          #expect(visit.code == 1 && visit.verdicts["database"] == "problem", "\(visit.text)")
          let refused = try await run(["run"], beside: cluster, stage, other)
          #expect(refused.code == 69 && refused.errors.contains("does not match host name"), "\(refused)")
          #expect(stage.calls.isEmpty)
        }
      }
    }
  }

  /// - Returns: the port.
  private func restart(_ cluster: PrivateCluster, with certificate: URL) async throws -> Int {
    try cluster.stopAtOnce()
    let steps = """
      set -e
      install -o postgres -m 600 '\(certificate.path)'/{certificate,key}.pem '\(cluster.folder)'
      echo 'host all all \(Self.address)/24 trust' >> '\(cluster.folder)/data/pg_hba.conf'
      """
    let prepared = try await Program.tool("bash", ["-c", steps])
    #expect(prepared.code == 0, "\(prepared)")
    let files = "-c ssl_cert_file='\(cluster.folder)/certificate.pem' -c ssl_key_file='\(cluster.folder)/key.pem'"
    let server = try await cluster.start(at: Self.address, options: "-c ssl=on \(files)")
    return try #require(URLComponents(string: server)?.port)
  }

  /// Runs the program in the network of the server.
  private func run(
    _ command: [String], beside cluster: PrivateCluster, _ stage: Stage, _ database: String
  ) async throws -> Program.Outcome {
    let program = Program.folder.appending("fleetize-etl").string
    return try await Program.tool(
      "nsenter", ["--net", "--target", "\(cluster.process())", program] + command,
      stage.environment.merging(["DATABASE_URL": database]) { $1 })
  }
}
