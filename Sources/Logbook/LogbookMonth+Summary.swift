import FoundationEssentials

/// Texts shared by the table and the page.
extension LogbookMonth {
  func title(in language: Language) -> String {
    "\(language.words.logbook) \(language.month(localMonth))"
  }

  func vehicle(in language: Language) -> String {
    printable(
      [deviceName ?? language.words.deviceWithoutName, deviceDescription, "\(deviceID)"].compactMap { $0 }
        .joined(separator: " · "))
  }

  var accountName: String { printable(account) }

  func summary(in language: Language) -> [(label: String, value: String)] {
    let words = language.words
    return [
      (words.trips, "\(totals.tripCount)"), (words.drivingDays, "\(totals.drivingDayCount)"),
      (words.tripsKm, language.number(totals.routesDistanceKm)), (words.gapsKm, language.number(totals.gapKm)),
      (words.openingKm, language.number(totals.openingMileageKm)),
      (words.closingKm, language.number(totals.closingMileageKm)),
      (words.drivingTime, language.hours(totals.drivingS)), (words.pauseTime, language.hours(totals.pauseS)),
      (words.averageSpeed, language.number(totals.averageSpeedKmh)),
      (words.topSpeed, language.number(totals.topSpeedKmh)),
    ]
  }

  /// A sentence that compares trips and gaps with the difference between the mileages; nil without mileages.
  func reconciliation(in language: Language) -> String? {
    guard let opening = totals.openingMileageKm, let closing = totals.closingMileageKm else { return nil }
    let words = language.words
    let isReconciled = totals.routesDistanceKm + totals.gapKm == closing - opening
    return """
      \(language.number(totals.routesDistanceKm)) \(words.tripsKm) + \(language.number(totals.gapKm)) \(words.gapsKm) \
      \(isReconciled ? words.reconciled : words.notReconciled): \(language.number(closing)) − \(language.number(opening)) = \
      \(language.number(closing - opening)) km.
      """
  }

  /// The gap that is open at the end of the month; nil without one.
  func openGap(in language: Language) -> String? {
    guard let km = totals.gapOpenKm, let start = totals.gapOpenStartedLocal, let end = totals.gapOpenEndedLocal else {
      return nil
    }
    let (from, until) = ("\(language.date(start.date)) \(start.clock)", "\(language.date(end.date)) \(end.clock)")
    return "\(language.number(km)) \(language.words.openGap) \(from) – \(until). \(language.words.openGapCounts)"
  }

  /// How many days are complete, and which are not and why.
  func completeness(in language: Language) -> [String] {
    let words = language.words
    let count =
      "\(totals.completeDayCount) \(words.ofDays) \(totals.dayCount) \(words.daysAreComplete)"
    guard !isComplete else { return ["\(count) \(words.allComplete)"] }
    var spans: [(first: LocalDate, last: LocalDate, state: String)] = []
    for day in days {
      if let last = spans.last, last.state == day.state {
        spans[spans.count - 1].last = day.localDate
      } else {
        spans.append((day.localDate, day.localDate, day.state))
      }
    }
    return [count]
      + spans.filter { $0.state != "complete" }.map { span in
        let dates =
          span.first == span.last
          ? language.date(span.first) : "\(language.date(span.first)) – \(language.date(span.last))"
        return "\(words.notComplete) \(dates): \(words.states[span.state] ?? span.state)."
      }
  }

  func cause(of gap: Gap, in language: Language) -> String {
    language.words.causes[gap.likelyCause] ?? gap.likelyCause
  }

  static func headings(in language: Language) -> [String] {
    let words = language.words
    return [
      words.date, words.departed, words.arrived, words.from, words.to, words.startKm, words.endKm, words.km,
      words.drivingMin, words.pauseMin, words.averageSpeed, words.topSpeed,
    ]
  }

  static func cells(of trip: Trip, in language: Language) -> [String] {
    let showsOffset = trip.arrivedLocal.map { $0.utcOffset != trip.departedLocal.utcOffset } ?? false
    return [
      language.date(trip.localDate), language.time(trip.departedLocal, on: trip.localDate, showingOffset: showsOffset),
      language.time(trip.arrivedLocal, on: trip.localDate, showingOffset: showsOffset),
      language.position(trip.originLatitude, trip.originLongitude),
      language.position(trip.destinationLatitude, trip.destinationLongitude), language.number(trip.originMileageKm),
      language.number(trip.destinationMileageKm), language.number(trip.distanceKm), language.minutes(trip.drivingS),
      language.minutes(trip.pauseS), language.number(trip.averageSpeedKmh, minimum: 1),
      language.number(trip.topSpeedKmh),
    ]
  }
}
