/// The calls that nightly runs need.
struct NightlyDemand: Hashable, Sendable {
  /// When they begin, in seconds after 00:00 UTC.
  var startAfterMidnight = 0.0
  /// Calls by weekday (`UTCDay.number` modulo 7) of the day on which the run begins: a fleet drives less on weekends.
  var calls = Array(repeating: 0.0, count: 7)
}
