/// How long to wait before a retry, in seconds.
public enum RetryDelay {
  /// After so many calls in a row that did not reach the API, the run ends.
  public static let maxUnreached = 5

  /// The wait after calls that did not reach the API: 1, 2, 4, 8 s, but never less than the interval.
  ///
  /// - Parameter failures: how many there were in a row, from 1.
  /// - Returns: nil if the run must end.
  public static func afterUnreached(_ failures: Int, interval: Double) -> Double? {
    guard failures < maxUnreached else { return nil }
    return max(interval, power(max(failures, 1)))
  }

  /// The wait before a failed device-day is due again: 1, 2, 4, 8, 16, then 24 h.
  ///
  /// - Parameter failures: how often in a row it has failed, from 1.
  public static func afterFailedDay(_ failures: Int) -> Double {
    min(3_600 * power(min(max(failures, 1), 6)), 86_400)
  }

  /// 1, 2, 4, ... for 1, 2, 3, ...
  private static func power(_ step: Int) -> Double { Double(1 << (step - 1)) }
}
