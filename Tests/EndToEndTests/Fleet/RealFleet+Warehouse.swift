import FleetizeSimulator
import Foundation
import Logging
import Postgres
import TestSupport
import Testing

/// Runs `body` with the environment of a program and a connection, both to a migrated database whose vendor has the real fleet's
/// responses.
func withRealFleet(_ body: ([String: String], Connection, Simulator) async throws -> Void) async throws {
  let simulator = Simulator(
    .init(
      accounts: [.init(fleet: try PayloadFolder(path: try #require(RealFleet.folder)), token: "real-token")],
      limits: .unlimited))
  try await withMigratedTestDatabase { url in
    try await withServer(simulator, clock: SimulatedClock(startingAt: Date(timeIntervalSince1970: 1_793_500_000))) {
      port in
      let environment = [
        "DATABASE_URL": url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2", "FLEETIZE_API_TOKEN": "real-token",
        "FLEETIZE_REQUEST_INTERVAL": "0", "FLEETIZE_DAILY_CALLS": "5000", "FLEETIZE_TIME_ZONE": "Europe/Berlin",
      ]
      #expect(try await Program.run(["migrate"], environment).code == 0)
      try await withTestConnection(url) { try await body(environment, $0, simulator) }
    }
  }
}
