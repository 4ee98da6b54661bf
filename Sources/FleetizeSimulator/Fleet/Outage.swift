import FoundationEssentials

/// A time in which a device cannot reach the vendor. Unless it is unplugged, it uploads afterwards what it has recorded meanwhile.
public struct Outage: Hashable, Sendable {
  /// The last contact before the outage.
  public var from: Date
  /// When the outage ends; nil if never.
  public var until: Date?
  /// Nothing is recorded: routes that overlap the outage are lost, only the mileage includes them.
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
