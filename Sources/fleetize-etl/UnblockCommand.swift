import ArgumentParser
import FleetModel
import FleetizeAPI
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct UnblockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unblock",
    abstract: "Allow calls again after vendor error 1002. Costs no call.",
    discussion: """
      Vendor error 1002 means that FLEETIZE has blocked the token because calls came too fast. Nothing is sent for the account until you \
      confirm here that FLEETIZE support has lifted the block. Without --confirm it prints a letter to support with the latest calls, and \
      changes nothing.

      EXAMPLE
        fleetize-etl unblock --account default --confirm
      """)

  @OptionGroup var shared: SharedOptions

  @Flag(help: "Confirm that FLEETIZE support has lifted the block.")
  var confirm = false

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      for settings in session.accounts {
        let warehouse = try await session.warehouse(for: settings)
        let ledger = CallLedger(account: warehouse.account, egress: settings.limits.egress)
        let (confirm, name, now) = (confirm, ProcessInfo.processInfo.userName, session.clock.now())
        let (calls, since) = try await session.connection.run { db in
          let since = try ledger.snapshot(now: now, on: db).blockedSince
          let calls = try ledger.latestCalls(30, on: db)
          if confirm { try ledger.unblock(now: now, by: name, on: db) }
          return (calls, since)
        }
        guard let since else {
          try Output.print("account \(settings.name) is not blocked")
          continue
        }
        guard !confirm else {
          try Output.print(
            "account \(settings.name) was blocked since \(since.utcText); the next run makes calls again")
          continue
        }
        try Output.print(Self.letter(of: settings, since: since, calls: calls))
        try Output.print(
          "\nSend this to FLEETIZE support. When they have lifted the block, run: "
            + "fleetize-etl unblock --account \(settings.name) --confirm")
      }
      await session.connection.close()
    }
  }

  private static func letter(of account: Settings.Account, since: Date, calls: [String]) -> String {
    """
    To FLEETIZE support

    Our API token was blocked at \(since.utcText) with ERROR #1002 - QUERY-THRESHOLD EXCEEDED - API TOKEN BLOCKED.
    Please tell us which limit was exceeded, and lift the block.

    Account:  \(account.name)
    Egress:   \(account.limits.egress) (our name for the IP address that the calls leave from)
    Program:  fleetize-etl \(FleetizeETL.version): one call at a time, the next one at least \(account.limits.requestInterval) s after the end \
    of the one before, at most \(account.limits.dailyCalls) calls in 24 h, as in your API document of \(VendorDocument.date) \
    (release \(VendorDocument.release))

    Our latest calls, start to end in UTC, with action and outcome:
    \(calls.map { "  \($0)" }.joined(separator: "\n"))
    """
  }
}
