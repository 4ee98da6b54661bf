import FleetModel
import FoundationEssentials

/// A device as its list entry or day response shows it: for tests that would rather not read JSON.
public struct SimulatedDevice: Hashable, Sendable {
  public var id: DeviceID
  /// Tag `online_timestamp`; nil when the vehicle never moved.
  public var online: Date?
  /// Tag `heartbeat_timestamp`.
  public var heartbeat: Date?
  /// Tag `status_code`, which the list does not carry.
  public var statusCode: Int?
  /// Tag `device_mileage`.
  public var mileageKm: Int?
}

extension SimulatedDevice {
  /// Nil when the node names no device.
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
