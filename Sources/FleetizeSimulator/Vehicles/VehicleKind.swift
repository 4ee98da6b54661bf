/// The use of a vehicle, which determines when it moves.
public enum VehicleKind: String, CaseIterable, Hashable, Sendable {
  /// Drives to work and back on weekdays.
  case commuter
  /// Rounds from a depot, six days a week, with many pauses.
  case delivery
  /// Visits to distant customers on most weekdays.
  case sales
  /// Short trips to customers, occasionally on weekends.
  case service
  /// On half of the weekdays, at any hour.
  case pool
  /// In one week of four; otherwise idle.
  case reserve
  /// From the evening until the morning, across midnight UTC.
  case nightShift = "night-shift"
  /// Has a tracker, but is never driven.
  case neverMoved = "never-moved"
  /// A route of 18 to 36 hours every fifth day, across one or two midnights, and back two days later.
  case longHaul = "long-haul"
}
