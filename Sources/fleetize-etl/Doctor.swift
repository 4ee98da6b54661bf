import ArgumentParser
import FoundationEssentials
import Logging

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look whether everything is in order: settings, API, database, nightly job. Costs no call.",
    discussion: """
      Prints each setting with where it came from, then a line for each check: ok, warning, problem or unchecked, and what to do. \
      Changes nothing. To the API it makes a connection and a TLS handshake and sends nothing.

      EXIT CODES
        0    no problem; there may be warnings
        1    a problem

      EXAMPLES
        fleetize-etl doctor --config /etc/fleetize-etl/config.yaml
        fleetize-etl doctor --format json
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  func run() async throws {
    try await reporting {
      let report = try await report()
      try Results.print([report], as: output.format)
      if report.hasProblem { throw ExitCode(1) }
    }
  }

  private func report() async throws -> DoctorReport {
    let settings: Settings
    do {
      settings = try Settings(file: shared.config)
    } catch let error as SettingsError {
      let configuration = Diagnosis.problem("\(error)", do: error.hint ?? "mend it: no other command starts before")
      let others = Examination.names.map { Diagnosis.unchecked("the settings are not known").named($0) }
      return DoctorReport(settings: [], checks: [configuration.named("settings")] + others)
    }
    let accounts = try settings.accounts(named: shared.account)
    var logger = Logger(label: "fleetize-etl", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = shared.verbose ? .debug : .error
    let examination = Examination(settings: settings, accounts: accounts, now: Date(), logger: logger)
    let read = Diagnosis.ok("read: \(settings.used.count), each with its origin above").named("settings")
    return DoctorReport(settings: settings.used, checks: [read] + (await examination.checks()))
  }
}
