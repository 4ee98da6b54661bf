import FleetModel

/// A configured time zone that PostgreSQL does not know, or that is a day or more away from UTC.
public struct UnknownTimeZone: Error, CustomStringConvertible {
  public var zone: String
  /// Nil for the zone of the account.
  public var device: DeviceID?

  public var description: String { "PostgreSQL knows no time zone \(zone)" }
}
