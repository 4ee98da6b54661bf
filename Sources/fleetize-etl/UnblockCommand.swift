import ArgumentParser
import FleetModel
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
      confirm here that FLEETIZE support has lifted the block. Without --confirm it prints the latest calls, which support may ask for, \
      and changes nothing.

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
        try Output.print("account \(settings.name) has been blocked since \(since.utcText). Its latest calls, UTC:")
        for call in calls { try Output.print("  \(call)") }
        try Output.print(
          confirm
            ? "The block is lifted; the next run makes calls again."
            : "When FLEETIZE support has lifted the block, run: fleetize-etl unblock --account \(settings.name) --confirm"
        )
      }
      await session.connection.close()
    }
  }
}
