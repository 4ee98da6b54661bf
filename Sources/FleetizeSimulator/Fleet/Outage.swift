import FoundationEssentials

/// A time in which a device cannot reach the vendor. What it records meanwhile arrives when the outage is over.
public struct Outage: Hashable, Sendable {
  /// The last moment heard from the device.
  public var from: Date
  /// When it uploads all that was held back; never, when nil.
  public var until: Date?

  public init(from: Date, until: Date?) {
    self.from = from
    self.until = until
  }
}
