import FoundationEssentials

/// Which days of a device to review in addition to the provisional ones.
public struct StateReview: Sendable {
  public var device: DeviceKey
  /// When the earliest response with new evidence was requested. If responses are loaded out of order, it may also concern days fetched
  /// later. Nil if nothing is new.
  public var since: Date?
  /// Whether to review days without a response, which only a device list can prove empty.
  public var includesPending: Bool

  public init(device: DeviceKey, since: Date?, includesPending: Bool) {
    self.device = device
    self.since = since
    self.includesPending = includesPending
  }
}
