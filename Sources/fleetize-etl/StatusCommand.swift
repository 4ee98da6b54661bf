import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show the state of each account: days, calls left, last run, block. Costs no call.",
    discussion: """
      EXAMPLES
        fleetize-etl status
        fleetize-etl status --format json
        fleetize-etl status --ready 2026-11-23     exits with 0 if no more data of that day is expected, else with 75
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(
    help: ArgumentHelp(
      "Only whether the data of this UTC day is complete for all vehicles; exits with 75 if not.",
      valueName: "yyyy-mm-dd"),
    transform: parseDay)
  var ready: UTCDay?

  func run() async throws {
    try await reporting {
      if let ready { return try await Readiness.print(of: ready, shared, output.format) }
      let session = try await Session(shared)
      var reports: [StatusReport] = []
      for account in session.accounts {
        let warehouse = try await session.warehouse(for: account)
        let planning = try Planning(
          connection: session.connection, warehouse: warehouse, limits: account.limits,
          userCount: max(1, account.tokenSources.count), clock: session.clock)
        let budget = try await planning.budget()
        let (status, history) = try await session.connection.run { db in
          (try AccountStatus(of: warehouse.account, on: db), try warehouse.devices.unaskedHistory(on: db))
        }
        var report = StatusReport(account: account.name, status: status, budget: budget)
        let offers = history.map {
          HistoryOffer($0, deviceCount: status.devices, account: session.accountFlag(account))
        }
        report.unasked = offers.isEmpty ? nil : offers
        reports.append(report)
      }
      await session.connection.close()
      try Results.print(reports, as: output.format)
    }
  }
}

/// What `status` prints for an account. docs/json-output.md documents its JSON.
struct StatusReport: Encodable {
  var account: String
  var devices: Int
  var deviceDays: [String: Int]
  var oldestMissingDay: String?
  var callsUsed: Int
  var callsLeft: Int
  var nextCallAt: Date?
  var blockedSince: Date?
  var findings: [String: Int]
  var lastRun: LastRun?
  var erasures: [Erasure]
  /// Days before vehicles' first ones, which only a backfill asks for; nil if there are none.
  var unasked: [HistoryOffer]?

  struct Erasure: Encodable {
    var deviceID: Int64
    var from: String
    var to: String
    var erasedAt: Date
  }

  struct LastRun: Encodable {
    var command: String
    var startedAt: Date
    var endedAt: Date?
    var exitCode: Int32?
    var reason: String?
    var message: String?
    var calls: Int32
  }

  init(account: String, status: AccountStatus, budget: CallBudget) {
    self.account = account
    devices = status.devices
    deviceDays = status.deviceDays
    oldestMissingDay = status.oldestMissingDay?.description
    callsUsed = budget.used
    callsLeft = budget.left
    nextCallAt = budget.nextCallAt
    blockedSince = budget.blockedSince
    findings = status.findings
    lastRun = status.lastRun.map {
      LastRun(
        command: $0.command, startedAt: $0.startedAt, endedAt: $0.endedAt, exitCode: $0.exitCode,
        reason: $0.reason, message: $0.message, calls: $0.calls)
    }
    erasures = status.erasures.map {
      Erasure(
        deviceID: $0.device.value, from: $0.days.lowerBound.description, to: $0.days.upperBound.description,
        erasedAt: $0.erasedAt)
    }
  }
}

extension StatusReport: TextResult {
  var text: String {
    func listed(_ counts: [String: Int], in order: [String]) -> String {
      order.map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
    }
    let rareStates = deviceDays["beyond_history"].map { $0 > 0 ? ["beyond_history"] : [] } ?? []
    var lines = [
      "account \(account)",
      "  devices:      \(devices)",
      "  device-days:  \(listed(deviceDays, in: ["final", "empty", "provisional", "pending", "failed"] + rareStates))",
      "  oldest day missing: \(oldestMissingDay ?? "none")",
      "  calls:        \(callsUsed) used in the last 24 h, \(callsLeft) left; next one possible "
        + "\(nextCallAt.map(\.utcText) ?? "not before `fleetize-etl unblock --confirm`")",
      "  blocked:      \(blockedSince.map { "since \($0.utcText) (vendor error 1002)" } ?? "no")",
    ]
    if let lastRun {
      let reason = lastRun.reason.map { " (\($0))" } ?? ""
      let end = lastRun.exitCode.map { "exit code \($0)\(reason)" } ?? "not ended"
      lines.append(
        "  last run:     \(lastRun.command) at \(lastRun.startedAt.utcText), \(counted(Int(lastRun.calls), "call")), \(end)"
      )
      if let message = lastRun.message { lines.append("                \(printable(message))") }
    } else {
      lines.append("  last run:     none")
    }
    if !findings.isEmpty { lines.append("  findings:     \(listed(findings, in: findings.keys.sorted()))") }
    for offer in unasked ?? [] { lines.append("  not asked for: \(offer.text)") }
    for erasure in erasures {
      lines.append("  erased:       device \(erasure.deviceID), \(erasure.from) to \(erasure.to)")
    }
    return lines.joined(separator: "\n")
  }
}
