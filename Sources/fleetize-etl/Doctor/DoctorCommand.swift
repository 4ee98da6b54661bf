import ArgumentParser
import Extract
import FoundationEssentials
import Logging

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check settings, API, database and nightly job. Costs no call.",
    discussion: """
      Prints each setting with its origin, then one line per check: ok, warning, problem or unchecked, and what to do. It changes nothing. \
      It opens a TLS connection to the API and closes it without sending a request.

      EXIT CODES
        0    no problem; there may be warnings
        1    a problem; with --strict also a warning

      EXAMPLES
        fleetize-etl doctor --config /etc/fleetize-etl/config.yaml
        fleetize-etl doctor --format json
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Flag(help: "Also exit with 1 if there is a warning.")
  var strict = false

  func run() async throws {
    try await reporting {
      let report = try await report()
      try Results.print([report], as: output.format)
      if report.hasProblem || strict && report.hasWarning { throw ExitCode(1) }
    }
  }

  private func report() async throws -> DoctorReport {
    let settings: Settings
    do {
      settings = try Settings(file: shared.config)
    } catch let error as SettingError {
      let configuration = Diagnosis.problem(
        "\(error)", do: error.hint ?? "correct it; until then no command starts that uses this setting")
      let others = Doctor.names.map { Diagnosis.unchecked("needs valid settings").named($0) }
      return DoctorReport(settings: [], checks: [configuration.named("settings")] + others)
    }
    let accounts = try settings.accounts(named: shared.account)
    var logger = Logger(label: "fleetize-etl", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = shared.verbose ? .debug : .error
    let doctor = Doctor(settings: settings, accounts: accounts, now: Date(), logger: logger)
    let unknown = settings.unknownVariables.joined(separator: ", ")
    let read =
      (unknown.isEmpty
      ? Diagnosis.ok("\(settings.used.count) read; see above")
      : Diagnosis.warning(
        "not a setting, ignored: \(unknown)", do: "unset these variables if they were meant as settings"))
      .named("settings")
    return DoctorReport(settings: settings.used, checks: [read] + (await doctor.checks()))
  }
}
