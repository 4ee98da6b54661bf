import ArgumentParser
import FleetModel
import FoundationEssentials
import Pipeline

struct BackfillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backfill",
    abstract:
      "Fetch a range of days. Costs one call per device-day (up to three if attempts fail) and one for the device list.",
    discussion: """
      Final days, and days that device lists prove empty, cost no call. A device list that is less than an hour old is used again. \
      It leaves enough calls for the next nightly run. When the calls of 24 h are used up, it exits with 75. Run it again later, and it \
      continues where it stopped; or use --wait.

      EXAMPLES
        fleetize-etl backfill --from 2026-10-01 --to 2026-10-31
        fleetize-etl backfill --from 2026-10-01 --to 2026-10-31 --dry-run     shows the price; makes no call
        fleetize-etl backfill --from 2025-10-01 --to 2026-10-31 --wait        runs for days, alongside nightly runs
        fleetize-etl backfill --from 2026-10-05 --to 2026-10-05 --device 492 --refetch
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var strictness: FailOnOptions

  @Option(help: ArgumentHelp("First day, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var from: UTCDay

  @Option(
    help: ArgumentHelp("Last day, UTC; at most yesterday.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var to: UTCDay

  @Option(
    name: .customLong("device"),
    help: ArgumentHelp("Only this device, by id or name; may be repeated.", valueName: "device"))
  var devices: [String] = []

  @Option(help: "Make no more calls than this.")
  var maxCalls: Int?

  @Flag(help: "Also fetch days that are final.")
  var refetch = false

  @Flag(help: "Also fetch days that are beyond the API's history.")
  var beyond = false

  @Flag(help: "Keep running until everything is done. Also waits while the database or the API is unavailable.")
  var wait = false

  @Flag(help: "Print the plan and make no call.")
  var dryRun = false

  func validate() throws {
    if from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    if let maxCalls, maxCalls < 1 { throw ValidationError("--max-calls must be at least 1") }
  }

  func run() async throws {
    try await reporting {
      // This machine's clock may be a little slow.
      try checkHasEnded(before: UTCDay(containing: Date().addingTimeInterval(3_600)))
      let session = try await Session(shared, changes: dryRun ? .report : .refuse)
      let yesterday = UTCDay(containing: session.clock.now()).previous
      try checkHasEnded(before: yesterday.next)
      if to > yesterday { complain("note: --to \(to) is limited to \(yesterday), the latest day that has ended") }
      let devices = try await session.deviceIDs(self.devices)
      let command = SyncJob(
        session: session, name: "backfill", output: output.format, isVerbose: shared.verbose,
        failingRules: strictness.codes, waits: wait)
      let goal = Goal.backfill(
        from...min(to, yesterday), devices: devices.isEmpty ? nil : Set(devices.map { DeviceID($0) }), refetch: refetch,
        beyond: beyond)
      if dryRun { try await command.plan(goal) } else { try await command.run(goal, maxCalls: maxCalls) }
    }
  }
}

extension BackfillCommand {
  private func checkHasEnded(before today: UTCDay) throws(UsageError) {
    guard from >= today else { return }
    throw UsageError("--from \(from) has not ended yet", hint: "the latest day that has ended is \(today.previous)")
  }
}

func parseDay(_ text: String) throws -> UTCDay {
  guard let day = UTCDay(text) else { throw ValidationError("\"\(text)\" is not a day; write it like 2026-10-31") }
  return day
}
