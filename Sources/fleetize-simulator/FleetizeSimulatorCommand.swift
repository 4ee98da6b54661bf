import ArgumentParser
import FleetizeSimulator
import FoundationEssentials
import Glibc
import Logging

@main
struct FleetizeSimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleetize-simulator",
    abstract: "A stand-in for the FLEETIZE API, with made-up vehicles or stored answers.",
    discussion: """
      Answers POST /v2/devicelist and /v2/device on 127.0.0.1 as the vendor documents them, limits and errors
      included. Prints the address when it is ready, and ends on SIGTERM.

      Examples:
        FLEETIZE_SIMULATOR_TOKEN=fake fleetize-simulator --port 8080 --seed 1 --vehicles 8
        fleetize-simulator --token fake --payloads fleet/ --interval 0.2 --port-file /tmp/port
        fleetize-simulator --token fake --clock 2026-11-01T00:10:00Z --fault 503/10 --fault reset%1
      """)

  @OptionGroup var listening: ListeningOptions
  @OptionGroup var customers: CustomerOptions
  @OptionGroup var fleet: FleetOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var clock: ClockOptions
  @OptionGroup var trouble: TroubleOptions

  func validate() throws {
    if customers.tokens.isEmpty {
      throw ValidationError("no token: set FLEETIZE_SIMULATOR_TOKEN, or give --token (a made-up one, not a real one)")
    }
  }

  func run() async throws {
    let simulator = Simulator(
      Simulator.Configuration(
        accounts: try customers.accounts(fleet: fleet, outages: trouble.outages), limits: limits.limits,
        errorStatus: limits.errorStatus, fault: FaultSchedule.faults(trouble.fault, seed: fleet.seed)))
    var logger = Logger(label: "fleetize-simulator") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    let portFile = listening.portFile
    // A stand-in has nothing to tidy up.
    signal(SIGTERM) { _ in _exit(0) }
    signal(SIGINT) { _ in _exit(0) }
    do {
      try await SimulatorServer(simulator, clock: clock.clock, logger: logger).run(port: listening.port) { port in
        announce(port, in: portFile)
      }
    } catch {
      throw Failure("cannot listen on 127.0.0.1:\(listening.port): \(error)")
    }
  }
}

/// Says where the simulator listens; the file appears whole or not at all.
private func announce(_ port: Int, in file: String?) {
  if let file {
    do {
      try Data("\(port)\n".utf8).write(to: URL(filePath: file), options: .atomic)
    } catch {
      FleetizeSimulatorCommand.exit(withError: Failure("cannot write \(file): \(error)"))
    }
  }
  print("http://127.0.0.1:\(port)/v2")
  fflush(nil)
}
