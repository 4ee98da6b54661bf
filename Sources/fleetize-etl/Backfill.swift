import ArgumentParser
import FleetModel
import FoundationEssentials
import Pipeline

struct Backfill: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Fetch a range of days. Costs at most one call a device-day, and one for a device list older than an hour.",
    discussion: """
      Days that are final, and days that device lists prove empty, cost no call. Enough calls are left for the coming night. When the \
      calls of 24 h are spent it ends with exit code 75; start it again later and it goes on where it stopped, or let it --wait.

      EXAMPLES
        fleetize-etl backfill --from 2026-10-01 --to 2026-10-31
        fleetize-etl backfill --from 2026-10-01 --to 2026-10-31 --dry-run     the price; no call
        fleetize-etl backfill --from 2025-10-01 --to 2026-10-31 --wait        for days, beside the nightly runs
        fleetize-etl backfill --from 2026-10-05 --to 2026-10-05 --device 492 --refetch
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions
  @OptionGroup var strictness: FailOnOptions

  @Option(help: ArgumentHelp("First day, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var from: UTCDay

  @Option(
    help: ArgumentHelp("Last day, UTC; later than yesterday is clipped.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var to: UTCDay

  @Option(name: .customLong("device"), help: ArgumentHelp("Only this device; may be repeated.", valueName: "id"))
  var devices: [Int64] = []

  @Option(help: "Make no more calls than this.")
  var maxCalls: Int?

  @Flag(help: "Fetch days again that are final.")
  var refetch = false

  @Flag(help: "Keep running until all is done: wait for calls, and for a database or an API that is away.")
  var wait = false

  @Flag(help: "Print the plan and make no call.")
  var dryRun = false

  func validate() throws {
    if from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    if let maxCalls, maxCalls < 1 { throw ValidationError("--max-calls is at least 1") }
  }

  func run() async throws {
    let yesterday = UTCDay(containing: Date()).previous
    if from > yesterday {
      throw ValidationError("--from \(from) has not ended yet; the last whole day is \(yesterday)")
    }
    if to > yesterday { complain("note: --to \(to) is clipped to \(yesterday), the last day that has ended") }
    try await reporting {
      let session = try await Session(shared)
      let command = SyncCommand(
        session: session, name: "backfill", output: output.format, isVerbose: shared.verbose,
        failingRules: strictness.codes, waits: wait)
      let goal = Goal.backfill(
        from...min(to, yesterday), devices: devices.isEmpty ? nil : Set(devices.map { DeviceID($0) }), refetch: refetch)
      if dryRun { try await command.plan(goal) } else { try await command.run(goal, maxCalls: maxCalls) }
    }
  }
}

func parseDay(_ text: String) throws -> UTCDay {
  guard let day = UTCDay(text) else { throw ValidationError("\"\(text)\" is not a day; write it as 2026-10-31") }
  return day
}
