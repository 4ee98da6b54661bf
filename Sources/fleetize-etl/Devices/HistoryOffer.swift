import FleetModel
import Load

/// The command that fetches the days before vehicles' first ones, which nightly runs leave out. docs/json-output.md documents its JSON.
struct HistoryOffer: Encodable, Hashable, Sendable {
  var deviceIDs: [Int64]
  /// The first day that nightly runs cover.
  var firstDay: String
  /// Fetches the days before.
  var command: String
  /// The most that it costs.
  var calls: Int

  /// How many days the command asks for.
  private static let days = 30
  /// So many vehicles are named one by one.
  private static let mostNamed = 20

  private enum CodingKeys: String, CodingKey {
    case firstDay, command, calls
    case deviceIDs = "deviceIds"
  }

  /// - Parameters:
  ///   - deviceCount: all vehicles of the account.
  ///   - account: the flag that chooses the account; empty if there is only one.
  init(_ history: Devices.UnaskedHistory, deviceCount: Int, account: String) {
    let devices = history.devices
    deviceIDs = devices.map(\.value)
    firstDay = history.firstDay.description
    calls = devices.count * Self.days + 1
    let from = history.firstDay.advanced(by: -Self.days)
    let isNamed = devices.count < deviceCount && devices.count <= Self.mostNamed
    let named = isNamed ? devices.map { " --device \($0)" }.joined() : ""
    command = "fleetize-etl backfill --from \(from) --to \(history.firstDay.previous)\(named)\(account)"
  }

  var text: String {
    "days of \(counted(deviceIDs.count, "vehicle")) before \(firstDay); `\(command)` fetches 30 of them for at most \(counted(calls, "call"))"
  }
}

extension Session {
  /// ` --account NAME` if there are several accounts.
  func accountFlag(_ account: Settings.Account) -> String {
    settings.accounts.count > 1 ? " --account \(account.name)" : ""
  }
}
