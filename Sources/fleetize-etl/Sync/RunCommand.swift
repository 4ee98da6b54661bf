import ArgumentParser
import Pipeline

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "The nightly job: fetch what is due. Costs one call, and one more per device-day that is due.",
    discussion: """
      Takes one device list, then fetches days that have ended, provisional days that can become final, and failed days that are due for a \
      retry, newest first. A device that did not move, is silent or is still moving costs no call. Schedule it just after 00:00 UTC.

      EXAMPLES
        fleetize-etl run
        fleetize-etl run --dry-run            shows what would be fetched; makes no call
        fleetize-etl run --format json
        fleetize-etl run --fail-on error --fail-on odometer_falls
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var strictness: FailOnOptions

  @OptionGroup var changes: ConfirmOptions

  @Option(
    help: ArgumentHelp(
      """
      Exit with 0 instead of 75 if the run ended early for this reason: quota (the calls of 24 hours are used up) or locked (another process \
      holds a lock). The next run continues by itself. May be repeated.
      """, valueName: "reason"))
  var successOn: [PassingReason] = []

  @Flag(help: "Print the plan and make no call.")
  var dryRun = false

  func run() async throws {
    try await reporting {
      let session = try await Session(
        shared, changes: dryRun ? .report : changes.confirmChanges ? .apply : .refuse)
      let command = SyncJob(
        session: session, name: "run", output: output.format, isVerbose: shared.verbose,
        failingRules: strictness.codes, acceptedReasons: Set(successOn.map(\.word)))
      let goal = Goal.nightly(firstDays: session.settings.firstDays)
      if dryRun { try await command.plan(goal) } else { try await command.run(goal, maxCalls: nil) }
    }
  }
}

/// A reason for an early end after which the next run continues without anybody's help.
enum PassingReason: String, ExpressibleByArgument, CaseIterable {
  case quota, locked

  var word: StopReason.Word {
    switch self {
    case .quota: .quota
    case .locked: .locked
    }
  }
}
