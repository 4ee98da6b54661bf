import FleetModel

/// A difference between the tables and the archive.
public struct Difference: Hashable, Sendable {
  /// Nil if it concerns no single device.
  public var device: DeviceKey?
  /// Nil if it concerns no single day.
  public var day: UTCDay?
  /// What is missing, unexpected or different, as text for people.
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
