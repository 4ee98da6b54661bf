import ArgumentParser
import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres

/// The work of `run` and `backfill`: all accounts concurrently, progress on stderr, a summary on stdout, an exit code.
struct SyncJob {
  let session: Session
  let name: String
  let output: OutputFormat
  let isVerbose: Bool
  /// Findings of these rules make the run a failure.
  let failingRules: [String]
  /// Reasons for an early end that do not make the run a failure.
  var acceptedReasons: Set<StopReason.Word> = []
  /// Whether to wait for calls, and for an unavailable database or API, until all is done.
  var waits = false

  private static let mostFindings = 100

  func plan(_ goal: Goal) async throws {
    try session.settings.checkTokensDiffer()
    var reports: [SyncReport] = []
    for account in session.accounts {
      let warehouse = try await session.warehouse(for: account, on: session.connection)
      // A plan needs no tokens. With them it knows which users' device lists are recent.
      let hmacs =
        try account.tokenSources.isEmpty
        ? [] : await session.tokens(of: account, on: session.connection).hmacs
      let planning = try Planning(
        connection: session.connection, warehouse: warehouse, limits: account.limits,
        userCount: max(1, account.tokenSources.count), tokenHMACs: hmacs,
        settlingDays: session.settings.settlingDays, clock: session.clock)
      reports.append(SyncReport(account: account.name, plan: try await planning.plan(for: goal), isVerbose: isVerbose))
    }
    await session.connection.close()
    try Results.print(reports, as: output)
  }

  func run(_ goal: Goal, maxCalls: Int?) async throws {
    try session.settings.checkTokensDiffer()
    // Each account opens its own connection; this one only proved that the database is reachable.
    await session.connection.close()
    let client = try session.client()
    let results = try await handlingSignals(waitingFor: waitReason) { interruption in
      await withTaskGroup(of: (Int, SyncResult).self) { group in
        for (index, account) in session.accounts.enumerated() {
          group.addTask {
            (index, await sync(goal, account: account, client: client, maxCalls: maxCalls, interruption: interruption))
          }
        }
        return await group.reduce(into: [Int: SyncResult]()) { $0[$1.0] = $1.1 }
      }
    }
    await client.shutdown()
    var reports: [SyncReport] = []
    for (index, account) in session.accounts.enumerated() {
      guard let result = results[index] else { continue }
      explain(result, account: account.name)
      offerHistory(result, of: account)
      reports.append(
        SyncReport(
          account: account.name, result: result, exitCode: exitCode(of: result), endedAt: session.clock.now()))
    }
    // After an error before the plan, a summary would be empty.
    try Results.print(reports.filter { output == .json || $0.hasContent }, as: output)
    let code = ExitStatus.combined(reports.compactMap(\.done?.exitCode))
    if code != 0 { throw ExitCode(code) }
  }

  private func exitCode(of result: SyncResult) -> Int32 { ExitStatus.code(of: result, accepting: acceptedReasons) }

  private var waitReason: String {
    "finishing the call in flight, up to \(Int(session.settings.requestTimeout.rounded(.up))) s"
  }

  /// Works on one account, once or until all is done.
  private func sync(
    _ goal: Goal, account: Settings.Account, client: FleetizeClient, maxCalls: Int?, interruption: Interruption
  ) async -> SyncResult {
    let progress = ProgressPrinter(
      account: account.name, isOnlyOne: session.accounts.count == 1, verbosity: session.verbosity,
      now: session.clock.now)
    func attempt(_ maxCalls: Int?) async -> SyncResult {
      var sum = SyncResult()
      while true {
        var result = SyncResult()
        do {
          result = try await syncOnce(
            goal, account: account, client: client, maxCalls: maxCalls.map { $0 - sum.totals.calls },
            interruption: interruption, progress: progress)
        } catch {
          result.failure = error
        }
        sum.add(result)
        guard let unarchived = result.failure as? UnarchivedResponse, await hold(unarchived, interruption, progress)
        else {
          return sum
        }
      }
    }
    let result =
      waits
      ? await WaitingLoop(clock: session.clock, interruption: interruption, progress: progress)
        .run(maxCalls: maxCalls, attempt: attempt)
      : await attempt(maxCalls)
    progress.finish()
    return result
  }

  /// Holds a response while the database is unavailable. True once it is archived: the next attempt loads it first.
  private func hold(_ unarchived: UnarchivedResponse, _ interruption: Interruption, _ progress: ProgressPrinter) async
    -> Bool
  {
    guard unarchived.isWorthHolding else { return false }
    progress.report(
      .note("holding the response to \(unarchived.request) until the database is back: \(unarchived.cause)"))
    guard await unarchived.keep(opening: session.open, clock: session.clock, interruption: interruption) else {
      return false
    }
    progress.report(.note("the response to \(unarchived.request) is archived; continuing"))
    return true
  }

  private func syncOnce(
    _ goal: Goal, account: Settings.Account, client: FleetizeClient, maxCalls: Int?, interruption: Interruption,
    progress: ProgressPrinter
  ) async throws -> SyncResult {
    let connection = try await session.open()
    let warehouse = try await session.warehouse(for: account, writesSettings: true, on: connection)
    let (tokens, hmacs) = try await session.tokens(of: account, on: connection)
    let source = AuthorizedClient(client: client, tokens: tokens)
    try await session.rememberErasures(warehouse, of: account, on: connection)
    let log = try await session.log(name, of: warehouse, on: connection)
    let sync = try Sync(
      connection: connection, warehouse: warehouse, source: source, tokenHMACs: hmacs, limits: account.limits,
      run: log.run, settlingDays: session.settings.settlingDays, clock: session.clock, interruption: interruption,
      progress: progress,
      waits: waits)
    let result = await addingFailingFindings(
      to: await sync.run(goal, maxCalls: maxCalls), of: log.run, warehouse, connection)
    let endedAt = session.clock.now()
    // If the database is lost, the row stays open: a run without an end.
    try? await connection.run { db in
      try log.end(
        result.totals, exitCode: exitCode(of: result), reason: StopReason.Word(result)?.rawValue,
        message: result.stop.map { "\($0)" } ?? result.failure.map { "\($0)" } ?? result.loadErrors.first, now: endedAt,
        on: db)
    }
    await connection.close()
    return result
  }

  private func addingFailingFindings(
    to result: SyncResult, of run: RunKey, _ warehouse: Warehouse, _ connection: Connection
  ) async -> SyncResult {
    guard !failingRules.isEmpty else { return result }
    let (rules, recovered) = (failingRules, result.recovered)
    var result = result
    do {
      result.failingFindings = try await connection.run { db in
        try warehouse.findings.found(byRules: rules, in: run, recovered: recovered, on: db)
      }
    } catch {
      result.failure = result.failure ?? error
    }
    return result
  }

  /// Says how to fetch the days before the first ones of new vehicles.
  private func offerHistory(_ result: SyncResult, of account: Settings.Account) {
    let deviceCount = Set(result.plan?.plan.coveredDays.map(\.device) ?? []).count
    for (firstDay, histories) in Dictionary(grouping: result.newDevices, by: \.firstDay) {
      let devices = histories.flatMap(\.devices).sorted()
      let history = Devices.UnaskedHistory(firstDay: firstDay, devices: devices)
      let offer = HistoryOffer(history, deviceCount: deviceCount, account: session.accountFlag(account))
      session.note("account \(printable(account.name)): not asked for: \(offer.text)")
    }
  }

  private func explain(_ result: SyncResult, account: String) {
    if let failure = result.failure { complain(about: failure, of: account) }
    if let stop = result.stop {
      let left = result.plan == nil ? "nothing was planned yet" : "\(counted(result.left, "device-day")) left"
      complain("stopped: account \(account): \(stop); \(left)")
      if let hint = stop.hint { complain("hint:  \(hint)") }
    }
    for error in result.loadErrors {
      complain("error: account \(account): \(error)")
      complain("hint:  report this error; the response is archived, and a corrected program loads it without a call")
    }
    for failed in result.failedUsers {
      complain("failed: account \(account), token \(failed.user + 1) of api_token_files: \(failed.fault)")
    }
    for day in result.failedDays {
      complain("failed: account \(account), device \(day.call.device), \(day.call.day): \(day.fault)")
    }
    for finding in result.failingFindings.prefix(Self.mostFindings) {
      complain("finding: account \(account), \(finding)")
    }
    let more = result.failingFindings.count - Self.mostFindings
    if more > 0 { complain("finding: account \(account): \(more) more; bi.finding lists all") }
  }
}

/// The client with the tokens of an account's users.
struct AuthorizedClient: FleetSource {
  let client: FleetizeClient
  let tokens: [Token]

  var userCount: Int { tokens.count }

  func send(
    _ request: Request, scope: [String], as user: Int, now: @Sendable () -> Date
  ) async -> Result<Response, Fault> {
    await client.send(request, scope: scope, token: tokens[user], now: now)
  }
}
