import FleetModel

/// Rules about single values and nodes of a response.
extension Rule {
  static let unknownTag = Rule(
    "unknown_tag", .info,
    "A tag that is not in the vendor's document was kept in the archive only; bi.unknown_tag shows its value.")
  static let unknownStatusCode = Rule(
    "unknown_status_code", .info, "A status code that is not in the vendor's document was kept.")
  static let unknownErrorCode = Rule(
    "unknown_error_code", .info, "An error code that is not in the vendor's document was kept.")
  static let unknownPauseType = Rule(
    "unknown_pause_type", .info, "A pause type that is not in the vendor's document was kept.")

  static let numberGarbled = Rule("number_garbled", .warning, "A value that is not a number was dropped.")
  static let numberOutOfRange = Rule(
    "number_out_of_range", .warning, "A number outside the supported range was dropped.")
  static let flagGarbled = Rule("flag_garbled", .warning, "A value that is neither 0 nor 1 was dropped.")
  static let valueUnusable = Rule(
    "value_unusable", .warning, "A list or an object in place of a value was dropped.")
  static let timestampGarbled = Rule("timestamp_garbled", .warning, "A value that is not a Unix time was dropped.")
  static let timestampOutOfRange = Rule(
    "timestamp_out_of_range", .warning, "A time before 1970 or after 2099 was dropped.")
  static let timestampFraction = Rule("timestamp_fraction", .info, "A fraction of a second was truncated.")
  static let locationGarbled = Rule("location_garbled", .warning, "A location that is not two numbers was dropped.")
  static let locationZero = Rule(
    "location_zero", .info, "The location 0,0, which means that there is no position, was dropped.")
  static let locationOutOfRange = Rule(
    "location_out_of_range", .warning, "A location with an impossible latitude or longitude was dropped.")
  static let portraitNotDecoded = Rule(
    "portrait_not_decoded", .info, "An invalid percent encoding in the portrait's address was kept as sent.")

  static let pointGarbled = Rule(
    "point_garbled", .warning, "A route point that is not two or three numbers was dropped. The other points were kept."
  )
  static let pointEmpty = Rule("point_empty", .info, "An empty route point was dropped.")
  static let pointZero = Rule(
    "point_zero", .info, "A route point at 0,0, which means that there is no position, was kept without a position.")
  static let pointOutOfRange = Rule(
    "point_out_of_range", .warning,
    "A route point with an impossible latitude or longitude was kept without a position.")
  static let pointSpeedOutOfRange = Rule(
    "point_speed_out_of_range", .warning,
    "A route point with a speed below 0 or above 3276 km/h was kept without a speed.")
  static let pointsUnusable = Rule(
    "points_unusable", .error, "The route points are not a text. The route was kept without points.")
  static let pauseUnusable = Rule("pause_unusable", .warning, "A pause that is not an object was dropped.")

  static let routeUnusable = Rule(
    "route_unusable", .error, "A route that is no object was skipped; the response does not close its day.")
  static let routeWithoutDeparture = Rule(
    "route_without_departure", .error,
    "A route without a usable origin_timestamp has no identity and was skipped; the response does not close its day.")
  static let routeOfAnotherTime = Rule(
    "route_of_another_time", .error,
    "A route that departs more than 31 days before or after the asked day was skipped; the response does not close its day."
  )
  static let duplicateDeparture = Rule(
    "duplicate_departure", .warning,
    "Several routes in the response depart at the same moment. The most complete one was kept.")
  static let dayNotStated = Rule(
    "day_not_stated", .info,
    "The response does not state its day. It was accepted because a route departs on the asked day.")
  static let readingInFuture = Rule(
    "reading_in_future", .warning,
    "A time of the device is more than five minutes after the request; it was left out and proves nothing.")
  static let pointsLeftOut = Rule(
    "points_left_out", .warning,
    "The full response took the API too long, so its points were left out; the day stays open.")
  static let routesAbsent = Rule(
    "routes_absent", .warning,
    "The response has no list of routes: it does not say that there are none, and the day stays open.")
  static let routesPaged = Rule(
    "routes_paged", .warning,
    "A tag that the document does not have suggests that more routes follow; the day stays open.")

  static let deviceUnusable = Rule(
    "device_unusable", .error, "An entry of the device list that is not an object was dropped.")
  static let deviceWithoutID = Rule(
    "device_without_id", .error, "An entry of the device list without a usable device_id was dropped.")
  static let duplicateDevice = Rule(
    "duplicate_device", .warning, "The device list has several entries for a device. The last one was kept.")
  static let moreFindings = Rule(
    "more_findings", .warning,
    "The response has more findings than are stored. The count is that of the findings not stored.")

  static let responseRules = [
    unknownTag, unknownStatusCode, unknownErrorCode, unknownPauseType, numberGarbled, numberOutOfRange, flagGarbled,
    valueUnusable, timestampGarbled, timestampOutOfRange, timestampFraction, locationGarbled, locationZero,
    locationOutOfRange, portraitNotDecoded, pointGarbled, pointEmpty, pointZero, pointOutOfRange, pointSpeedOutOfRange,
    pointsUnusable, pauseUnusable, routeUnusable, routeWithoutDeparture, routeOfAnotherTime, duplicateDeparture,
    dayNotStated, readingInFuture, pointsLeftOut, routesAbsent, routesPaged,
    deviceUnusable, deviceWithoutID, duplicateDevice, moreFindings,
  ]
}
