import ArgumentParser
import FleetizeSimulator
import FoundationEssentials
import Glibc
import Logging

@main
struct FleetizeSimulatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleetize-simulator",
    abstract: "Simulates the FLEETIZE API, with generated vehicles or stored responses.",
    discussion: """
      Serves POST /v2/devicelist and /v2/device on 127.0.0.1 as the vendor documents them, including limits and errors. \
      Prints its address when ready, and ends on SIGTERM.

      Examples:
        FLEETIZE_SIMULATOR_TOKEN=fake fleetize-simulator --port 8080 --seed 1 --vehicles 8
        fleetize-simulator --token fake --payloads fleet/ --interval 0.2 --port-file /tmp/port
        fleetize-simulator --token fake --clock 2026-11-01T00:10:00Z --fault 503/10 --fault reset%1
        fleetize-simulator --token fake --history-days 90 --seconds-per-point 0.01 --format-change milliseconds@2026-11-05
      """)

  @OptionGroup var listening: ListeningOptions
  @OptionGroup(title: "Accounts and users") var customers: CustomerOptions
  @OptionGroup(title: "Fleet") var fleet: FleetOptions
  @OptionGroup(title: "Limits of calls") var limits: LimitOptions
  @OptionGroup(title: "Clock") var clock: ClockOptions
  @OptionGroup(title: "History, processing time and scope") var data: DataOptions
  @OptionGroup(title: "Changes of the format") var format: FormatOptions
  @OptionGroup(title: "Faults") var trouble: TroubleOptions

  func validate() throws {
    if customers.tokens.isEmpty {
      throw ValidationError("no token: set FLEETIZE_SIMULATOR_TOKEN or give --token, with a made-up value")
    }
  }

  func run() async throws {
    var configuration = Simulator.Configuration(
      accounts: try customers.accounts(fleet: fleet, outages: trouble.outages), limits: limits.limits,
      errorStatus: limits.errorStatus)
    data.apply(to: &configuration)
    format.apply(to: &configuration)
    trouble.apply(to: &configuration, seed: fleet.seed)
    let simulator = Simulator(configuration)
    var logger = Logger(label: "fleetize-simulator") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning
    let portFile = listening.portFile
    // There is nothing to clean up.
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

/// Prints the address. Writes the file atomically, so that readers never see a part of it.
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
