import FleetModel

/// Rules that compare several responses, checked in SQL.
extension Rule {
  static let odometerMismatch = Rule(
    "odometer_mismatch", .warning,
    "The odometer increased between two device lists by a different distance than the routes in between.")
  static let readingOlder = Rule(
    "reading_older", .warning, "A device list gives a device an older heartbeat than an earlier response did.")
  static let odometerRecalibrated = Rule(
    "odometer_recalibrated", .warning,
    "Between two responses, device_mileage changed by a different distance than device_mileage_raw: the mileage was set, or its calibration changed."
  )
  static let tripCutAtMidnight = Rule(
    "trip_cut_at_midnight", .info,
    "A trip is reported as two routes that meet at midnight UTC. They stay two routes; this one is the second.")
  static let deviceNeverJudged = Rule(
    "device_never_judged", .warning,
    "Device lists have had the device for several nights, but it was never heard from since the end of a day: its days stay open."
  )
  static let deviceVanished = Rule(
    "device_vanished", .warning, "The latest device list does not have the device: its open days stay open.")
  /// Said by the view `bi.finding`.
  static let settledWithoutProof = Rule(
    "settled_without_proof", .info,
    "The settling time is over: the day counts as final, although nothing proves that all of its trips are known.")

  public static let ofWarehouse = [
    odometerMismatch, odometerRecalibrated, readingOlder, tripCutAtMidnight, deviceNeverJudged, deviceVanished,
    settledWithoutProof,
  ]
}
