import FleetModel

/// What only the rows of several responses together tell, and SQL finds.
extension Rule {
  static let odometerMismatch = Rule(
    "odometer_mismatch", .warning,
    "Between two device lists the odometer rose by another distance than the routes between them tell of.")
  static let readingOlder = Rule(
    "reading_older", .warning, "A device list gives a device an older heartbeat than an earlier response did.")
  /// Said by the view `bi.finding`.
  static let settledWithoutProof = Rule(
    "settled_without_proof", .info,
    "The settling time is over: the day counts as final, although nothing proves that all of its trips are known.")

  public static let ofWarehouse = [odometerMismatch, readingOlder, settledWithoutProof]
}
