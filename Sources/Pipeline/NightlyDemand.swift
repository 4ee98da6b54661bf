/// What nightly runs take.
struct NightlyDemand: Hashable, Sendable {
  /// Seconds after 00:00 UTC at which they begin.
  var startAfterMidnight = 0.0
  /// Calls, by weekday (`UTCDay.number` modulo 7) of the day on which the run begins: a fleet drives less on weekends.
  var calls = Array(repeating: 0.0, count: 7)
}
