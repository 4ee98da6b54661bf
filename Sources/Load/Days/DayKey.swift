import FleetModel

/// A device-day by its surrogate key.
public struct DayKey: Hashable, Comparable, Sendable {
  public let device: DeviceKey
  public let day: UTCDay

  public init(device: DeviceKey, day: UTCDay) {
    self.device = device
    self.day = day
  }

  public static func < (left: DayKey, right: DayKey) -> Bool {
    (left.device, left.day) < (right.device, right.day)
  }
}
