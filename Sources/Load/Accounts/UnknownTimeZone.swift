import FleetModel

/// A configured time zone that PostgreSQL does not know or whose offset from UTC is a day or more.
public struct UnknownTimeZone: Error, CustomStringConvertible {
  public var zone: String
  /// Nil for the zone of the account.
  public var device: DeviceID?

  public var description: String { "PostgreSQL does not know time zone \(zone)" }
}
