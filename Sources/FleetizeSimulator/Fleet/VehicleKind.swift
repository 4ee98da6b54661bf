/// What a vehicle is used for, and so when it moves.
public enum VehicleKind: String, CaseIterable, Hashable, Sendable {
  /// To work and home on weekdays.
  case commuter
  /// Rounds from a depot, six days a week, with many pauses.
  case delivery
  /// Visits to customers far away, most weekdays.
  case sales
  /// Short trips to customers, now and then on a Saturday.
  case service
  /// Half of the weekdays, at any hour.
  case pool
  /// One week in four; idle otherwise.
  case reserve
  /// Routes from the evening into the morning, over midnight in UTC.
  case nightShift = "night-shift"
  /// Fitted with a tracker, and never driven.
  case neverMoved = "never-moved"
  /// Every fifth day a route of 18 to 36 hours, over one midnight or two, and two days later back.
  case longHaul = "long-haul"
}
