import FoundationEssentials

extension LogbookMonth {
  /// CSV as in RFC 4180: UTF-8, commas, CR LF, one header line. The same in every language.
  ///
  /// The columns have the names and units of `bi.logbook` and `bi.odometer_gap`. `kind` is `trip` or `gap`; columns of the other
  /// kind are empty.
  ///
  /// - Parameter keepingFormulas: Keeps texts that a spreadsheet would run as formulas. Otherwise they get a leading `'`: texts that
  ///   begin with `=`, `+`, `-`, `@`, a tab or a carriage return.
  public func csv(keepingFormulas: Bool = false) -> String {
    let device = [account, "\(deviceID)", deviceName ?? ""].map { keepingFormulas ? $0 : Self.neutralised($0) }
    let lines = [Self.csvColumns] + entries.map { device + $0.csvFields }
    return lines.map { $0.map(Self.csvField).joined(separator: ",") + "\r\n" }.joined()
  }

  private static let csvColumns = [
    "account", "device_id", "device_name", "kind", "local_date", "departed_at", "arrived_at", "departed_local",
    "arrived_local", "duration_s", "driving_s", "pause_s", "origin_latitude", "origin_longitude",
    "destination_latitude", "destination_longitude", "origin_mileage_km", "destination_mileage_km", "distance_km",
    "average_speed_kmh", "top_speed_kmh", "started_at", "ended_at", "started_local", "ended_local", "start_mileage_km",
    "end_mileage_km", "gap_km", "likely_cause",
  ]

  /// Numbers and times of a logbook are not texts: a negative one stays a number.
  private static func neutralised(_ text: String) -> String {
    guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return text }
    return "'\(text)"
  }

  private static func csvField(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
    // Not by characters: a combining accent forms one character with a preceding quote.
    let parts = text.unicodeScalars.split(separator: "\"", omittingEmptySubsequences: false).map { String($0) }
    return "\"\(parts.joined(separator: "\"\""))\""
  }
}

extension LogbookMonth.Entry {
  fileprivate var csvFields: [String] {
    func text(_ value: (some CustomStringConvertible)?) -> String { value?.description ?? "" }
    func moment(_ value: Date?) -> String { value?.formatted(.iso8601) ?? "" }
    switch self {
    case .trip(let trip):
      return [
        "trip", text(trip.localDate), moment(trip.departedAt), moment(trip.arrivedAt), text(trip.departedLocal),
        text(trip.arrivedLocal), text(trip.durationS), text(trip.drivingS), text(trip.pauseS),
        text(trip.originLatitude), text(trip.originLongitude), text(trip.destinationLatitude),
        text(trip.destinationLongitude), text(trip.originMileageKm), text(trip.destinationMileageKm),
        text(trip.distanceKm), text(trip.averageSpeedKmh), text(trip.topSpeedKmh),
      ] + Array(repeating: "", count: 8)
    case .gap(let gap):
      return ["gap", text(gap.localDate), moment(gap.departedAt)] + Array(repeating: "", count: 15)
        + [
          moment(gap.startedAt), moment(gap.endedAt), text(gap.startedLocal), text(gap.endedLocal),
          text(gap.startMileageKm), text(gap.endMileageKm), text(gap.gapKm), gap.likelyCause,
        ]
    }
  }
}
