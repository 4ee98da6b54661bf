import ArgumentParser
import Pipeline

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The nightly job: fetch what is due. Costs one call, and one a device-day that is due.",
    discussion: """
      Takes one device list, then fetches the days that ended, provisional days that can become final, and failed days whose time has \
      come, newest first. A device that did not move, is silent or is under way costs no call. Schedule it just after 00:00 UTC.

      EXAMPLES
        fleetize-etl run
        fleetize-etl run --dry-run            what would be fetched; no call
        fleetize-etl run --format json
        fleetize-etl run --fail-on error --fail-on odometer_falls
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var strictness: FailOnOptions

  @Flag(help: "Print the plan and make no call.")
  var dryRun = false

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      let command = SyncCommand(
        session: session, name: "run", output: output.format, isVerbose: shared.verbose,
        failingRules: strictness.codes)
      let goal = Goal.nightly(firstDays: session.settings.firstDays)
      if dryRun { try await command.plan(goal) } else { try await command.run(goal, maxCalls: nil) }
    }
  }
}
