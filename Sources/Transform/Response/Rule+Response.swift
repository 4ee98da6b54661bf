import FleetModel

/// Oddities of single values and nodes of a response.
extension Rule {
  static let unknownTag = Rule(
    "unknown_tag", .info, "A tag that the document does not have was kept in the archive only.")
  static let unknownStatusCode = Rule(
    "unknown_status_code", .info, "A status code that the document does not have was kept.")
  static let unknownErrorCode = Rule(
    "unknown_error_code", .info, "An error code that the document does not have was kept.")
  static let unknownPauseType = Rule(
    "unknown_pause_type", .info, "A pause type that the document does not have was kept.")

  static let numberGarbled = Rule("number_garbled", .warning, "A value that is no number was left out.")
  static let numberOutOfRange = Rule(
    "number_out_of_range", .warning, "A number beyond every plausible range was left out.")
  static let flagGarbled = Rule("flag_garbled", .warning, "A value that is neither 0 nor 1 was left out.")
  static let valueUnusable = Rule(
    "value_unusable", .warning, "A list or an object in the place of a value was left out.")
  static let timestampGarbled = Rule("timestamp_garbled", .warning, "A value that is no Unix time was left out.")
  static let timestampOutOfRange = Rule(
    "timestamp_out_of_range", .warning, "A time before 1970 or after 2099 was left out.")
  static let timestampFraction = Rule("timestamp_fraction", .info, "A fraction of a second was cut off a time.")
  static let locationGarbled = Rule("location_garbled", .warning, "A location that is not two numbers was left out.")
  static let locationZero = Rule("location_zero", .info, "The location 0,0, which means no position, was left out.")
  static let locationOutOfRange = Rule(
    "location_out_of_range", .warning, "A location that is nowhere on earth was left out.")
  static let portraitNotDecoded = Rule(
    "portrait_not_decoded", .info, "A percent sign of the portrait that encodes no character was kept as sent.")

  static let pointGarbled = Rule(
    "point_garbled", .warning, "A route point that is not two or three numbers was skipped; the others are kept.")
  static let pointEmpty = Rule("point_empty", .info, "A semicolon without a route point before it was skipped.")
  static let pointZero = Rule(
    "point_zero", .info, "A route point at 0,0, which means no position, is kept without one.")
  static let pointOutOfRange = Rule(
    "point_out_of_range", .warning, "A route point that is nowhere on earth is kept without a position.")
  static let pointSpeedOutOfRange = Rule(
    "point_speed_out_of_range", .warning,
    "A route point with a speed below 0 or above 3276 km/h is kept without a speed.")
  static let pointsUnusable = Rule(
    "points_unusable", .error, "The route points are no text; the route is kept without them.")
  static let pauseUnusable = Rule("pause_unusable", .warning, "A pause that is no object was skipped.")

  static let routeUnusable = Rule("route_unusable", .error, "A route that is no object was skipped.")
  static let routeWithoutDeparture = Rule(
    "route_without_departure", .error, "A route without a usable origin_timestamp has no identity and was skipped.")
  static let routeOfAnotherTime = Rule(
    "route_of_another_time", .error,
    "A route that departs more than 31 days before or after the asked day was skipped.")
  static let duplicateDeparture = Rule(
    "duplicate_departure", .warning,
    "Several routes of the response depart at the same moment; the most complete is kept.")
  static let dayNotStated = Rule(
    "day_not_stated", .info, "The response does not say its day; a route that departs on the asked day stands for it.")
  static let readingInFuture = Rule(
    "reading_in_future", .warning, "A time of the device is more than a day after the request; it was kept.")

  static let deviceUnusable = Rule(
    "device_unusable", .error, "An entry of the device list that is no object was skipped.")
  static let deviceWithoutID = Rule(
    "device_without_id", .error, "An entry of the device list without a usable device_id was skipped.")
  static let duplicateDevice = Rule(
    "duplicate_device", .warning, "The device list has several entries of a device; the last is kept.")
  static let moreFindings = Rule("more_findings", .warning, "The response has more findings than are kept one by one.")

  static let responseRules = [
    unknownTag, unknownStatusCode, unknownErrorCode, unknownPauseType, numberGarbled, numberOutOfRange, flagGarbled,
    valueUnusable, timestampGarbled, timestampOutOfRange, timestampFraction, locationGarbled, locationZero,
    locationOutOfRange, portraitNotDecoded, pointGarbled, pointEmpty, pointZero, pointOutOfRange, pointSpeedOutOfRange,
    pointsUnusable, pauseUnusable, routeUnusable, routeWithoutDeparture, routeOfAnotherTime, duplicateDeparture,
    dayNotStated,
    readingInFuture, deviceUnusable, deviceWithoutID, duplicateDevice, moreFindings,
  ]
}
