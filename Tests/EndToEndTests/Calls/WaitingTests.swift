import FleetModel
import FleetizeSimulator
import Foundation
import Testing

/// `--wait` when one of the program's two sides goes away for a while and comes back.
@Suite struct `A backfill that waits` {
  @Test func `goes on through a restart of the database and an outage of the API`() async throws {
    let fleet = GeneratedFleet(
      seed: 7, kinds: [.commuter, .delivery, .sales], calendarShift: Days.sinceMonday, pointInterval: 60)
    let simulator = Simulator(
      .init(
        accounts: [.init(fleet: fleet, token: Stage.token)], limits: .unlimited, fault: { _ in .late(seconds: 0.03) }))
    @Sendable func calls(more: Int) async throws {
      let goal = simulator.log.calls.count + more
      try await eventually("\(more) more calls") { simulator.log.calls.count >= goal }
    }
    try await withRestartableServer { server in
      let (vendor, port) = try await listen(simulator)
      let stage = Stage(
        databaseURL: server.url, simulator: simulator,
        environment: [
          "DATABASE_URL": server.url, "FLEETIZE_API_URL": "http://127.0.0.1:\(port)/v2",
          "FLEETIZE_API_TOKEN": Stage.token,
          "FLEETIZE_REQUEST_INTERVAL": "0", "FLEETIZE_DAILY_CALLS": "10000",
        ])
      #expect(try await stage.etl(["migrate"]).code == 0)
      let outcome = try await stage.etl(Days.backfill(from: 41, to: 2, "--wait")) { _ in
        try await calls(more: 20)
        try await server.restart()
        try await calls(more: 20)
        vendor.cancel()
        await vendor.value
        try await eventually("a refused call") {
          try await stage.rows("select from etl.api_call where outcome = 'unreached'").count >= 2
        }
        let (back, _) = try await listen(simulator, port: port)
        try await calls(more: 20)
        _ = back
      }
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("continuing"), "the restart was not noticed: \(outcome.errors)")
      #expect(
        outcome.errors.contains(/[1-9]\d* of 1\d\d device-days done, end expected \d{4}-\d{2}-\d{2}T/),
        "\(outcome.errors)")
      let open = try await stage.rows("select from bi.data_coverage where state not in ('final', 'empty')")
      #expect(open.count == 0)
      #expect(try await stage.rows("select from bi.data_coverage").count == 120)
      // What was in flight when a side went away is asked for again, and nothing else.
      let repeated = stage.askedDays.count - Set(stage.askedDays).count
      let cut = try await stage.rows("select from etl.api_call where outcome = 'unknown'").count
      #expect(repeated <= cut && cut <= 2, "\(repeated) repeated, \(cut) cut off")
    }
  }

  /// The simulated vendor on a port, a free one by default, until the task is cancelled.
  private func listen(_ simulator: Simulator, port: Int = 0) async throws -> (Task<Void, Never>, port: Int) {
    let (ports, ready) = AsyncThrowingStream.makeStream(of: Int.self)
    let listening = Task {
      do {
        try await SimulatorServer(simulator, clock: .fixed(Days.vendorTime)).run(port: port) {
          ready.yield($0)
        }
        ready.finish()
      } catch {
        ready.finish(throwing: error)
      }
    }
    for try await port in ports { return (listening, port) }
    throw StageFailure(text: "the simulated vendor does not listen")
  }
}

/// A PostgreSQL server of this test's own.
private struct RestartableServer {
  let folder: String
  let url: String

  static func start(in folder: String, port: String? = nil) async throws -> RestartableServer {
    let options = "PRIVATE_POSTGRES_OPTIONS=-c fsync=off" + (port.map { " -p \($0)" } ?? "")
    let started = try await Program.tool("env", [options, script, "start", folder])
    guard started.code == 0 else { throw StageFailure(text: "no server: \(started)") }
    return RestartableServer(folder: folder, url: started.output.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  static let script = Repository.folder.appending(path: "deploy/private-postgres").path

  /// Ends all sessions, as an upgrade does, and comes back on the same port.
  func restart() async throws {
    let lines = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8).split(separator: "\n")
    let process = try #require(lines.first.flatMap { pid_t($0) })
    kill(process, SIGINT)
    try await eventually("the server's end") { !isRunning(process) }
    #expect(try await Self.start(in: folder, port: "\(lines[3])").url == url)
  }
}

/// Runs `body` with a PostgreSQL server of its own, removed afterwards.
private func withRestartableServer(_ body: (RestartableServer) async throws -> Void) async throws {
  // Not in a temporary folder that root alone can reach: the server may run as another user.
  let folder = "/tmp/fleetize-restart-\(UUID().uuidString)"
  let outcome: Result<Void, any Error>
  do { outcome = .success(try await body(RestartableServer.start(in: folder))) } catch { outcome = .failure(error) }
  _ = try await Program.tool("bash", [RestartableServer.script, "stop", folder])
  try outcome.get()
}
