/// How many of the listed devices a nightly run could judge for the day before it.
public struct NightSummary: Hashable, Sendable {
  /// The UTC day that had ended.
  public var day: UTCDay
  public var listed: Int
  /// Heard from since the day's end, or known to be complete.
  public var judged: Int

  public init(day: UTCDay, listed: Int, judged: Int) {
    self.day = day
    self.listed = listed
    self.judged = judged
  }

  /// Whether devices are listed and none could be judged.
  public var isSilent: Bool { listed > 0 && judged == 0 }
}
