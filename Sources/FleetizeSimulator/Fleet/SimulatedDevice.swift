import FleetModel
import FoundationEssentials

/// A device as in a response, for tests that do not read JSON.
public struct SimulatedDevice: Hashable, Sendable {
  public var id: DeviceID
  /// Tag `online_timestamp`; nil if the vehicle has never moved.
  public var online: Date?
  /// Tag `heartbeat_timestamp`.
  public var heartbeat: Date?
  /// Tag `status_code`, which is not in the list.
  public var statusCode: Int?
  /// Tag `device_mileage`.
  public var mileageKm: Int?
}

extension SimulatedDevice {
  /// Nil if the node has no `device_id`.
  init?(_ node: JSON) {
    guard let id = node["device_id"]?.integer else { return nil }
    func date(_ tag: String) -> Date? {
      node[tag]?.integer.map { Date(timeIntervalSince1970: Double($0)) }
    }
    self.id = DeviceID(Int64(id))
    online = date("online_timestamp")
    heartbeat = date("heartbeat_timestamp")
    statusCode = node["status_code"]?.integer
    mileageKm = node["device_mileage"]?.integer
  }
}
