import FleetModel

/// Rules that compare several responses, checked in SQL.
extension Rule {
  static let odometerMismatch = Rule(
    "odometer_mismatch", .warning,
    "The odometer increased between two device lists by a different distance than the routes in between.")
  static let readingOlder = Rule(
    "reading_older", .warning, "A device list shows an older heartbeat of a device than an earlier response did.")
  /// Added by the view `bi.finding`.
  static let settledWithoutProof = Rule(
    "settled_without_proof", .info,
    "The settling time is over: the day counts as final, although nothing proves that all of its trips are known.")

  public static let ofWarehouse = [odometerMismatch, readingOlder, settledWithoutProof]
}
