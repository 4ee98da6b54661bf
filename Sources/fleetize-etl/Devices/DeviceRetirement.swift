import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Pipeline
import Postgres

struct DeviceRetire: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire",
    abstract: "Ask for no more days of a vehicle that was sold. Costs no call.",
    discussion: """
      Its data stays. Days from --from on that were never answered are no longer due.

      EXAMPLE
        fleetize-etl device retire 492 --from 2026-11-01
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The vehicle, by id or name.", valueName: "device"))
  var device: String
  @Option(help: ArgumentHelp("First day without it, UTC.", valueName: "yyyy-mm-dd"), transform: parseDay)
  var from: UTCDay

  func run() async throws {
    try await withDevice(device, shared) { session, warehouse, device, id in
      let (from, now) = (from, session.clock.now())
      let count = try await session.connection.run { db in
        try warehouse.devices.retire(device, from: from, now: now, on: db)
      }
      try Output.print("device \(id) is retired from \(from) on; \(counted(count, "day")) no longer due")
    }
  }
}

struct DeviceRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Take a retired vehicle back: its days since then are due again. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl device restore 492
      """)

  @OptionGroup var shared: SharedOptions
  @Argument(help: ArgumentHelp("The vehicle, by id or name.", valueName: "device"))
  var device: String

  func run() async throws {
    try await withDevice(device, shared) { session, warehouse, device, id in
      let wasRetired = try await session.connection.run { db in try warehouse.devices.restore(device, on: db) }
      try Output.print(
        wasRetired ? "device \(id) is in use again; the next run covers its days" : "device \(id) is not retired")
    }
  }
}

/// Runs the body of a command about one device of one account.
func withDevice(
  _ name: String, _ shared: SharedOptions,
  _ body: (_ session: Session, _ warehouse: Warehouse, _ device: DeviceKey, _ id: DeviceID) async throws -> Void
) async throws {
  try await reporting {
    let session = try await Session(shared)
    let id = DeviceID(try await session.deviceIDs([name])[0])
    var found: [(warehouse: Warehouse, device: DeviceKey)] = []
    for account in session.accounts {
      let warehouse = try await session.warehouse(for: account)
      let keys = try await session.connection.run { db in try warehouse.devices.knownKeys(of: [id], on: db) }
      if let key = keys[id] { found.append((warehouse, key)) }
    }
    guard let only = found.first else { throw UnknownDevices(devices: [id]) }
    guard found.count == 1 else {
      throw UsageError("several accounts have device \(id)", hint: "choose one with --account NAME")
    }
    try await body(session, only.warehouse, only.device, id)
    await session.connection.close()
  }
}
