import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct EraseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Permanently erase days of devices from tables and archive. Costs no call.",
    discussion: """
      Deletes routes, points, pauses, readings, findings and checkpoints of these days, the responses for them, and what responses for \
      other days and device lists contain about them. The erasure is recorded: no run, backfill, replay or restored backup brings the \
      days back. It cannot be undone. Without --confirm it shows what it would erase and changes nothing.

      EXAMPLES
        fleetize-etl erase --device 492 --from 2026-10-01 --to 2026-10-05
        fleetize-etl erase --device 492 --device 493 --from 2026-10-01 --to 2026-10-05 --confirm
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  @Option(
    name: .customLong("device"), help: ArgumentHelp("A device, by id or name; may be repeated.", valueName: "device"))
  var devices: [String]

  @Option(help: ArgumentHelp("First day, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var from: UTCDay

  @Option(help: ArgumentHelp("Last day, UTC; may lie in the future.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var to: UTCDay

  @Flag(help: "Erase what is shown without this flag.")
  var confirm = false

  func validate() throws {
    if from > to { throw ValidationError("--from \(from) is after --to \(to)") }
    if devices.isEmpty { throw ValidationError("name a device with --device ID") }
  }

  func run() async throws {
    try await reporting {
      let session = try await Session(shared)
      guard session.accounts.count == 1, let account = session.accounts.first else {
        throw UsageError("several accounts are configured", hint: "choose one with --account NAME")
      }
      let now = session.clock.now()
      let warehouse = try await session.warehouse(for: account)
      let devices = try await session.deviceIDs(self.devices)
      try await check(devices, warehouse, session)
      let eraser = Eraser(
        connection: session.connection, warehouse: warehouse, settlingDays: session.settings.settlingDays,
        clock: session.clock)
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

  private func check(_ devices: [Int64], _ warehouse: Warehouse, _ session: Session) async throws {
    let asked = Set(devices.map { DeviceID($0) })
    let known = try await session.connection.run { db in try warehouse.devices.known(asked, on: db) }
    guard known == asked else { throw UnknownDevices(devices: asked.subtracting(known).sorted()) }
  }
}

/// What `erase` prints. docs/json-output.md documents its JSON.
struct EraseReport: Encodable {
  var account: String
  var deviceIDs: [Int64]
  var from: String
  var to: String
  /// Device-days with a checkpoint.
  var deviceDays: Int
  var routes: Int
  var points: Int
  var readings: Int
  var responsesDeleted: Int
  var responsesRedacted: Int
  /// False for a preview.
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
    account \(account): \(deviceIDs.count == 1 ? "device" : "devices") \(deviceIDs.map(String.init).joined(separator: ", ")), \(from) to \(to)
      rows:     \(counted(routes, "route")), \(counted(points, "point")), \(counted(readings, "reading")) of \(counted(deviceDays, "device-day"))
      archive:  \(counted(responsesDeleted, "whole response")), parts of \(counted(responsesRedacted, "other"))
      \(done ? "Erased. These days are never fetched or loaded again." : "Nothing was changed. To erase this permanently, add --confirm.")
    """
  }
}
