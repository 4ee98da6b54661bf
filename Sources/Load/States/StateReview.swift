import FoundationEssentials

/// Which days of a device to judge again beside those that are open.
public struct StateReview: Sendable {
  public var device: DeviceKey
  /// A response requested then brought something new: days fetched at or after it may have more evidence than they had, when responses
  /// are loaded out of order. Nil when nothing is new.
  public var since: Date?
  /// Whether days without a response are judged too: only a device list can prove them empty.
  public var includesPending: Bool

  public init(device: DeviceKey, since: Date?, includesPending: Bool) {
    self.device = device
    self.since = since
    self.includesPending = includesPending
  }
}
