import ArgumentParser
import Extract
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Pipeline
import Postgres

/// What `run` and `backfill` have in common: each account in turn, progress on stderr, a summary on stdout, an exit code.
struct SyncCommand {
  let session: Session
  let name: String
  let output: OutputFormat
  let isVerbose: Bool

  func run(_ goal: Goal, isDryRun: Bool, maxCalls: Int?) async throws {
    let (reports, codes) = try await isDryRun ? planned(goal) : synced(goal, maxCalls: maxCalls)
    await session.connection.close()
    try Results.print(reports, as: output)
    let code = Self.combined(codes)
    if code != 0 { throw ExitCode(code) }
  }

  private func planned(_ goal: Goal) async throws -> ([SyncReport], [Int32]) {
    var reports: [SyncReport] = []
    for account in session.settings.accounts {
      let planning = try Planning(
        connection: session.connection, warehouse: try await session.warehouse(for: account), limits: account.limits,
        clock: .system)
      reports.append(SyncReport(account: account.name, plan: try await planning.plan(for: goal), isVerbose: isVerbose))
    }
    return (reports, [])
  }

  private func synced(_ goal: Goal, maxCalls: Int?) async throws -> ([SyncReport], [Int32]) {
    let client = try session.client()
    var reports: [SyncReport] = []
    var codes: [Int32] = []
    for account in session.settings.accounts {
      let result = try await handlingSignals { interruption in
        try await sync(goal, account: account, client: client, maxCalls: maxCalls, interruption: interruption)
      }
      codes.append(ExitStatus.code(of: result))
      reports.append(SyncReport(account: account.name, result: result, exitCode: ExitStatus.code(of: result)))
      explain(result)
      if result.signal != nil { break }
    }
    await client.shutdown()
    return (reports, codes)
  }

  private func sync(
    _ goal: Goal, account: Settings.Account, client: FleetizeClient, maxCalls: Int?, interruption: Interruption
  ) async throws -> SyncResult {
    let source = AuthorizedClient(client: client, token: try account.token())
    let warehouse = try await session.warehouse(for: account)
    let log = try await session.connection.run { db in
      try RunLog(
        account: warehouse.account, command: name, version: FleetizeETL.version,
        host: ProcessInfo.processInfo.hostName, processID: ProcessInfo.processInfo.processIdentifier, now: Date(),
        on: db)
    }
    let progress = ProgressPrinter(account: account.name)
    let sync = try Sync(
      connection: session.connection, warehouse: warehouse, source: source, limits: account.limits, run: log.run,
      settlingDays: session.settings.settlingDays, clock: .system, interruption: interruption, progress: progress)
    let result = await sync.run(goal, maxCalls: maxCalls)
    progress.finish()
    // A lost database cannot be told; the row stays open and shows a run without an end.
    try? await session.connection.run { db in
      try log.end(
        result.totals, exitCode: ExitStatus.code(of: result), message: result.stop.map { "\($0)" }, now: Date(), on: db)
    }
    return result
  }

  private func explain(_ result: SyncResult) {
    if let failure = result.failure {
      complain("error: \(failure)")
      if let hint = (failure as? PostgresError)?.advice { complain("hint:  \(hint)") }
    }
    if let stop = result.stop {
      complain("stopped: \(stop); \(result.left) device-days are left")
      if let hint = stop.hint { complain("hint:  \(hint)") }
    }
    for day in result.failedDays {
      complain("failed: device \(day.call.device), \(day.call.day): \(day.fault)")
    }
  }

  /// Of several accounts: all refused 77, some trouble 2, else the one code that there is.
  static func combined(_ codes: [Int32]) -> Int32 {
    let distinct = Set(codes)
    if distinct.count <= 1 { return codes.first ?? 0 }
    if let signal = codes.first(where: { $0 > 128 }) { return signal }
    let troubles = distinct.subtracting([0])
    if let only = troubles.first, troubles.count == 1, only != ExitStatus.tokenRefused.rawValue { return only }
    return ExitStatus.someDaysFailed.rawValue
  }
}

/// The client with an account's token.
struct AuthorizedClient: FleetSource {
  let client: FleetizeClient
  let token: Token

  func send(_ request: Request, now: @Sendable () -> Date) async -> Result<Response, Fault> {
    await client.send(request, token: token, now: now)
  }
}
