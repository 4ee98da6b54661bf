import ArgumentParser
import CMalloc
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Rebuild the tables from the archived responses, or compare both. Costs no call.",
    discussion: """
      Use it after an upgrade that reads responses better, after tables were emptied, or in a new database with a copy of the archive. \
      Unchanged days are not written again, so an interrupted replay can simply be restarted.

      --check changes nothing: it compares every row with the responses and exits with 2 if some differ. Repair such days with \
      --rewrite, because a changed row does not change the hash by which replay recognises a day.

      EXAMPLES
        fleetize-etl replay
        fleetize-etl replay --from 2026-10-01 --to 2026-10-31 --device 492
        fleetize-etl replay --check
        fleetize-etl replay --rewrite --from 2026-10-05 --to 2026-10-05 --device 492
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(
    help: ArgumentHelp("Only responses for this day and later days, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay
  )
  var from: UTCDay?

  @Option(
    help: ArgumentHelp("Only responses for this day and earlier days, UTC.", valueName: "yyyy-mm-dd"),
    transform: parseDay)
  var to: UTCDay?

  @Option(
    name: .customLong("device"),
    help: ArgumentHelp("Only this device, by id or name, and the device lists; may be repeated.", valueName: "device"))
  var devices: [String] = []

  @Flag(help: "Compare every row with the responses and change nothing.")
  var check = false

  @Flag(help: "Also write device-days whose content hash is unchanged.")
  var rewrite = false

  func validate() throws {
    if let from, let to, from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    if check, rewrite { throw ValidationError("--check and --rewrite exclude each other") }
  }

  func run() async throws {
    // Batches move between threads. With one heap per thread, a long replay would hold the free memory of several batches.
    mallopt(M_ARENA_MAX, 2)
    try await reporting {
      let session = try await Session(shared)
      let selections = try await selections(session)
      let reports = try await handlingSignals(waitingFor: "finishing the current batch") { interruption in
        var reports: [ReplayReport] = []
        for (account, selection) in selections where interruption.signal == nil {
          reports.append(try await replay(selection, of: account, session, interruption))
        }
        return reports
      }
      await session.connection.close()
      try Results.print(reports, as: output.format)
      let code = ExitStatus.combined(reports.map(\.exitCode))
      if code != 0 { throw ExitCode(code) }
    }
  }

  /// What to replay of each account: the named devices that it has.
  ///
  /// - Throws: ``UnknownDevices`` for devices that no account has.
  private func selections(_ session: Session) async throws -> [(Settings.Account, ArchiveSelection)] {
    var selection = ArchiveSelection(from: from, to: to, devices: nil)
    guard !devices.isEmpty else { return session.accounts.map { ($0, selection) } }
    let asked = Set(try await session.deviceIDs(devices).map { DeviceID($0) })
    var unknown = asked
    var selections: [(Settings.Account, ArchiveSelection)] = []
    for account in session.accounts {
      let warehouse = try await session.warehouse(for: account)
      let known = try await session.connection.run { db in try warehouse.devices.known(asked, on: db) }
      guard !known.isEmpty else { continue }
      selection.devices = known
      selections.append((account, selection))
      unknown.subtract(known)
    }
    guard unknown.isEmpty else { throw UnknownDevices(devices: unknown.sorted()) }
    return selections
  }

  private func replay(
    _ selection: ArchiveSelection, of account: Settings.Account, _ session: Session, _ interruption: Interruption
  ) async throws -> ReplayReport {
    let warehouse = try await session.warehouse(for: account)
    if !check {
      try await session.rememberErasures(warehouse, of: account, on: session.connection)
      try await Eraser(
        connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays,
        clock: session.clock
      ).apply()
    }
    let reader = try await session.open()
    let printer = ReplayPrinter(account: account.name)
    let replay = Replay(
      connection: session.connection, reader: reader, warehouse: warehouse,
      settlingDays: session.settings.settlingDays, rewrites: rewrite, interruption: interruption,
      progress: printer.report)
    let log = check ? nil : try await session.log("replay", of: warehouse, on: session.connection)
    let startedAt = ContinuousClock.now
    let result = check ? await replay.check(selection) : await replay.load(selection)
    let seconds = (ContinuousClock.now - startedAt) / .seconds(1)
    printer.finish()
    await reader.close()
    let report = ReplayReport(account: account.name, result: result, isCheck: check, seconds: seconds)
    for error in result.errors { complain("error: account \(account.name): \(error)") }
    if let failure = result.failure { complain(about: failure, of: account.name) }
    if result.stop != nil {
      complain("stopped: account \(account.name)\nhint:  run the same command again; it continues where it stopped")
    }
    if result.differenceCount > 0 {
      complain(
        "hint:  run `fleetize-etl replay --rewrite` with --from, --to and --device to rebuild these days from the responses"
      )
    }
    if let log {
      let (totals, endedAt) = (totals(of: result), session.clock.now())
      // If the database is lost, the row stays open.
      try? await session.connection.run { db in
        try log.end(
          totals, exitCode: report.exitCode, reason: StopReason.Word(result.stop, result.failure)?.rawValue,
          message: result.failure.map { "\($0)" } ?? result.errors.first,
          now: endedAt, on: db)
      }
    }
    return report
  }

  private func totals(of result: ReplayResult) -> RunLog.Totals {
    var totals = RunLog.Totals()
    totals.loaded = result.written
    totals.unchanged = result.deviceDays - result.written
    return totals
  }
}
