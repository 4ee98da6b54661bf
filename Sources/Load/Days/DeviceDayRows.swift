import FleetModel

/// The rows of a device-day to write.
public struct DeviceDayRows: Sendable {
  public let device: DeviceKey
  public let content: DeviceDay
  /// A hash over all stored values; a day whose hash is unchanged is not written. Nil if no response contains the day any more.
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
