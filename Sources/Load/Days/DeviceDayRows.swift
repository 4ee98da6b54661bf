import FleetModel

/// The rows of a device-day, ready to be written.
public struct DeviceDayRows: Sendable {
  public let device: DeviceKey
  public let content: DeviceDay
  /// A hash over all stored values: equal hashes write nothing. Nil when no response tells of the day any more.
  public let hash: [UInt8]?

  public init(device: DeviceKey, content: DeviceDay, hash: [UInt8]?) {
    self.device = device
    self.content = content
    self.hash = hash
  }
}

extension DeviceDayRows {
  public var key: DayKey { DayKey(device: device, day: content.day) }
}
