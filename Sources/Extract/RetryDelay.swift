/// How long to wait before something is tried again. Seconds.
public enum RetryDelay {
  /// Calls in a row that may fail before they reach the API; then the run ends.
  public static let maxUnreached = 5

  /// The wait after calls that never reached the API: 1, 2, 4, 8 s, but never less than the interval.
  ///
  /// - Parameter failures: How many there were in a row, from 1.
  /// - Returns: nil when the run is to end.
  public static func afterUnreached(_ failures: Int, interval: Double) -> Double? {
    guard failures < maxUnreached else { return nil }
    return max(interval, power(max(failures, 1)))
  }

  /// The wait before a failed device-day is due again: 1, 2, 4, 8, 16 h, then a day.
  ///
  /// - Parameter failures: How often in a row it has failed, from 1.
  public static func afterFailedDay(_ failures: Int) -> Double {
    min(3_600 * power(min(max(failures, 1), 6)), 86_400)
  }

  /// 1, 2, 4, ... for 1, 2, 3, ...
  private static func power(_ step: Int) -> Double { Double(1 << (step - 1)) }
}
