import FleetModel
import FoundationEssentials

/// Responses stored in a folder: `devicelist.json` and `device/<device_id>/<YYYY-MM-DD>.json`.
///
/// For a day with a file, the response is the file, byte for byte unless there is a scope. For any other day it has the node
/// "device" of the latest file, the asked day as its `timestamp`, and no routes. The clock does not matter.
public struct PayloadFolder: SimulatedFleet {
  private let path: String
  private let entries: [(device: DeviceID, entry: JSON)]
  private let days: [DeviceID: [UTCDay]]

  /// Reads the list and the names of the files. The files are read later.
  public init(path: String) throws(PayloadFolderError) {
    self.path = path
    let list = path + "/devicelist.json"
    guard let text = FileManager.default.contents(atPath: list) else { throw .unreadable(list) }
    guard case .array(let entries) = JSONReader.read(Array(text)) else { throw .notAList(list) }
    self.entries = entries.compactMap { entry in SimulatedDevice(entry).map { ($0.id, entry) } }
    var days: [DeviceID: [UTCDay]] = [:]
    for (device, _) in self.entries {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/device/\(device)")) ?? []
      days[device] = files.filter { $0.hasSuffix(".json") }.compactMap { UTCDay(String($0.dropLast(5))) }.sorted()
    }
    self.days = days
  }

  /// The days with a file, in order.
  public func days(of device: DeviceID) -> [UTCDay] { days[device] ?? [] }

  public func devices(at now: Date) -> [DeviceID] { entries.map(\.device) }

  public func listEntry(of device: DeviceID, at now: Date) -> FleetResponse? {
    guard let (_, entry) = entries.first(where: { $0.device == device }) else { return nil }
    return FleetResponse(device: SimulatedDevice(entry)) { entry }
  }

  public func day(_ day: UTCDay?, of device: DeviceID, at now: Date) -> FleetResponse? {
    guard let (_, entry) = entries.first(where: { $0.device == device }) else { return nil }
    let stored = days(of: device)
    let day = day ?? stored.last ?? UTCDay(containing: now)
    let text = stored.contains(day) ? file(day, of: device) : nil
    let latest = stored.last.flatMap { file($0, of: device) }
    let summary = SimulatedDevice(entry)
    return FleetResponse(day: day, device: summary, stored: text) {
      if let text, let document = JSONReader.read(text) { return document }
      var node = latest.flatMap(JSONReader.read)?["device"] ?? entry
      node["timestamp"] = .number(day.unixStart)
      return .object(["device": node, "routes": .array([])])
    }
  }

  private func file(_ day: UTCDay, of device: DeviceID) -> [UInt8]? {
    FileManager.default.contents(atPath: "\(path)/device/\(device)/\(day).json").map { Array($0) }
  }
}
