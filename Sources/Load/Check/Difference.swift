import FleetModel

/// Something in the tables that is not as the archive tells it.
public struct Difference: Hashable, Sendable {
  /// Nil for one that concerns no device.
  public var device: DeviceKey?
  /// Nil for one that concerns no day.
  public var day: UTCDay?
  /// For a person: what is there, or missing.
  public var what: String

  public init(device: DeviceKey? = nil, day: UTCDay? = nil, _ what: String) {
    self.device = device
    self.day = day
    self.what = what
  }

  init(_ key: DayKey, _ what: String) {
    self.init(device: key.device, day: key.day, what)
  }
}
