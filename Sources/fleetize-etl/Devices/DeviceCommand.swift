import ArgumentParser
import FleetModel
import FoundationEssentials
import Load
import Logbook
import Pipeline
import Postgres

struct DeviceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device",
    abstract: "List devices, and retire those that were sold. Costs no call.",
    discussion: """
      EXAMPLE
        fleetize-etl device list
        fleetize-etl device retire 492 --from 2026-11-01
      """,
    subcommands: [DeviceList.self, DeviceRetire.self, DeviceRestore.self])
}

struct DeviceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List devices with id, name, last heartbeat and the number of open days. Costs no call.",
    discussion: """
      A day is open until its data is complete. Other commands take an id or a name from this list as --device.

      EXAMPLES
        fleetize-etl device list
        fleetize-etl device list --account north --format json
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var output: FormatOptions

  func run() async throws {
    try await reporting {
      let connection = try await Session.connection(shared)
      let accounts = shared.account
      let devices = try await connection.run { db in try ListedDevice.all(of: accounts, on: db) }
      await connection.close()
      switch output.format {
      case .text: try Output.print(ListedDevice.table(devices))
      case .json: try Results.printJSON(devices)
      }
    }
  }
}

/// What `device list` prints for a device. docs/json-output.md documents its JSON.
struct ListedDevice: Encodable, Hashable, Sendable {
  var account: String
  var deviceID: Int64
  var name: String?
  var heartbeatAt: Date?
  /// Days that were asked for and are not complete.
  var openDays: Int
  /// The first day that is not asked for; absent while the device is in use.
  var retiredFrom: String?

  private enum CodingKeys: String, CodingKey {
    case account, name, heartbeatAt, openDays, retiredFrom
    case deviceID = "deviceId"
  }

  /// - Parameter accounts: Names; empty for all accounts.
  static func all(of accounts: [String], on db: isolated Connection) throws -> [ListedDevice] {
    try db.query(
      """
      select account, device_id, name, heartbeat_at, coalesce(open_days, 0) as open_days, retired_from
      from bi.device join (select vehicle_key, retired_from from bi.vehicle) as vehicle using (vehicle_key)
      left join (
        select account, device_id, count(*) as open_days from bi.data_coverage
        where state not in ('final', 'empty', 'beyond_history') group by account, device_id
      ) as coverage using (account, device_id)
      where \(accounts.isEmpty) or account = any(\(accounts))
      order by account, device_id
      """
    ).map { row in
      ListedDevice(
        account: try row.decode("account"), deviceID: try row.decode("device_id"), name: try row.decode("name"),
        heartbeatAt: try row.decode("heartbeat_at"), openDays: Int(try row.decode("open_days", as: Int64.self)),
        retiredFrom: try row.decode("retired_from", as: UTCDay?.self)?.description)
    }
  }

  static func table(_ devices: [ListedDevice]) -> String {
    guard !devices.isEmpty else { return "No devices yet: the first `fleetize-etl run` takes a device list." }
    let rows = devices.map {
      [
        $0.account, "\($0.deviceID)", printable($0.name ?? ""), $0.heartbeatAt?.utcText ?? "never", "\($0.openDays)",
        $0.retiredFrom ?? "",
      ]
    }
    return TextTable([["account", "id", "name", "last heartbeat", "open days", "retired from"]] + rows).lines.joined(
      separator: "\n")
  }
}
