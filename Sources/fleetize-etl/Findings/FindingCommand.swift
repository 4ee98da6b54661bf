import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres

struct FindingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finding",
    abstract: "Acknowledge findings. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl finding acknowledge odometer_falls --device 492 --note "new tracker on 2026-11-02"
      """,
    subcommands: [FindingAcknowledge.self])
}

struct FindingAcknowledge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acknowledge",
    abstract: "State that findings are known, so that doctor no longer warns of them. Costs no call.",
    discussion: """
      Without --day it covers the findings until now; later ones are reported again. The findings stay in bi.finding, with the note.

      EXAMPLES
        fleetize-etl finding acknowledge odometer_falls --device 492 --note "new tracker on 2026-11-02"
        fleetize-etl finding acknowledge day_changed --day 2026-11-02 --note "late upload, checked"
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(
    help: ArgumentHelp("The rule; bi.finding and docs/data-quality.md list them.", valueName: "rule"),
    transform: parseRule)
  var rule: String
  @Option(help: ArgumentHelp("Only of this device, by id or name.", valueName: "device"))
  var device: String?
  @Option(help: ArgumentHelp("Only of this UTC day.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var day: UTCDay?
  @Option(help: ArgumentHelp("What is known about them.", valueName: "text"))
  var note: String

  func validate() throws {
    if note.allSatisfy(\.isWhitespace) { throw ValidationError("--note must say what is known about these findings") }
  }

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      let ids = Set(try await session.deviceIDs(device.map { [$0] } ?? []).map { DeviceID($0) })
      var count: Int?
      for account in session.accounts {
        let warehouse = try await session.warehouse(for: account)
        let keys = try await session.connection.run { db in try warehouse.devices.knownKeys(of: ids, on: db) }
        guard keys.count == ids.count else { continue }
        let (rule, day, note, now) = (rule, day, note, session.clock.now())
        let person = ProcessInfo.processInfo.userName
        let found = try await session.connection.run { db in
          try warehouse.findings.acknowledge(
            rule, device: keys.values.first, day: day, note: note, by: person, now: now, on: db)
        }
        count = (count ?? 0) + found
      }
      await session.connection.close()
      guard let count else { throw UnknownDevices(devices: ids.sorted()) }
      try Output.print("\(counted(count, "finding")) acknowledged")
    }
  }
}

private func parseRule(_ text: String) throws -> String {
  let codes = Rule.all.map(\.code)
  guard codes.contains(text) else {
    throw ValidationError(
      "there is no rule \"\(printable(text))\"\(suggestion(for: text, in: codes)); docs/data-quality.md lists all")
  }
  return text
}
