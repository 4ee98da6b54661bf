import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct Erase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Erase days of devices for good, from tables and archive. Costs no call.",
    discussion: """
      Removes routes, points, pauses, readings, findings and checkpoints of these days, the responses that were asked for them, and \
      what responses for other days and device lists tell of them. It is remembered: no run, backfill, replay or restored backup brings \
      them back. There is no way back. Without --confirm it says what would go, and changes nothing.

      EXAMPLES
        fleetize-etl erase --device 492 --from 2026-10-01 --to 2026-10-05
        fleetize-etl erase --device 492 --device 493 --from 2026-10-01 --to 2026-10-05 --confirm
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(name: .customLong("device"), help: ArgumentHelp("A device; may be repeated.", valueName: "id"))
  var devices: [Int64]

  @Option(help: ArgumentHelp("First day, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var from: UTCDay

  @Option(help: ArgumentHelp("Last day, UTC; may lie in the future.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var to: UTCDay

  @Flag(help: "Do it.")
  var confirm = false

  func validate() throws {
    if from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    if devices.isEmpty { throw ValidationError("say which: --device ID") }
  }

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      guard session.accounts.count == 1, let account = session.accounts.first else {
        throw ValidationError("several accounts are configured: say whose devices they are with --account NAME")
      }
      let now = Date()
      let warehouse = try await session.warehouse(for: account)
      try await checkDevices(warehouse, session)
      let eraser = Eraser(
        connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays,
        clock: .system)
      let erasures = devices.map { Erasure(device: DeviceID($0), days: from...to, erasedAt: now) }
      let effect: Eraser.Effect
      if confirm {
        effect = try await eraser.alone {
          try session.settings.erasuresFile?.append(erasures, account: account.name)
          try await eraser.remember(erasures)
          return try await eraser.apply()
        }
      } else {
        effect = try await eraser.preview(erasures)
      }
      await session.connection.close()
      try Results.print(
        [EraseReport(account: account.name, devices: devices, from: from, to: to, effect: effect, isDone: confirm)],
        as: output.format)
    }
  }

  private func checkDevices(_ warehouse: Warehouse, _ session: Session) async throws {
    let asked = Set(devices.map { DeviceID($0) })
    let known = try await session.connection.run { db in try warehouse.devices.known(asked, on: db) }
    guard known == asked else { throw UnknownDevices(devices: asked.subtracting(known).sorted()) }
  }
}

/// What `erase` prints. Its JSON is a contract, see docs/json-output.md.
struct EraseReport: Encodable {
  var account: String
  var deviceIDs: [Int64]
  var from: String
  var to: String
  /// Device-days that had been asked for.
  var deviceDays: Int
  var routes: Int
  var points: Int
  var readings: Int
  var responsesDeleted: Int
  var responsesRedacted: Int
  /// False for what would be done.
  var done: Bool

  private enum CodingKeys: String, CodingKey {
    case account, from, to, deviceDays, routes, points, readings, responsesDeleted, responsesRedacted, done
    case deviceIDs = "deviceIds"
  }

  init(account: String, devices: [Int64], from: UTCDay, to: UTCDay, effect: Eraser.Effect, isDone: Bool) {
    self.account = account
    deviceIDs = devices
    self.from = from.description
    self.to = to.description
    deviceDays = effect.deviceDays
    routes = effect.routes
    points = effect.points
    readings = effect.readings
    responsesDeleted = effect.deletedResponses
    responsesRedacted = effect.redactedResponses
    done = isDone
  }
}

extension EraseReport: TextResult {
  var text: String {
    """
    account \(account): devices \(deviceIDs.map(String.init).joined(separator: ", ")), \(from) to \(to)
      rows:     \(routes) routes, \(points) points, \(readings) readings of \(deviceDays) device-days
      archive:  \(responsesDeleted) responses as a whole, parts of \(responsesRedacted) others
      \(done ? "Erased. It is remembered: these days are never fetched or loaded again." : "Nothing was changed. There is no way back: to erase it, add --confirm.")
    """
  }
}
