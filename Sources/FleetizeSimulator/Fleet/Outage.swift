import FoundationEssentials

/// A time in which a device cannot reach the vendor. What it records meanwhile arrives when the outage is over, unless it is unplugged.
public struct Outage: Hashable, Sendable {
  /// The last moment heard from the device.
  public var from: Date
  /// When it uploads all that was held back; never, when nil.
  public var until: Date?
  /// Nothing is recorded: routes under way in it are lost, and only the mileage tells of them.
  public var isUnplugged: Bool

  public init(from: Date, until: Date?, isUnplugged: Bool = false) {
    self.from = from
    self.until = until
    self.isUnplugged = isUnplugged
  }

  func loses(_ trip: Trip) -> Bool {
    isUnplugged && trip.arrival > from.unixSeconds && trip.departure < (until ?? .distantFuture).unixSeconds
  }
}
