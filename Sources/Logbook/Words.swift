/// The words of a logbook in one language.
struct Words {
  var logbook: String
  var months: [String]
  var vehicle, account, timeZone, readAt: String

  var date, departed, arrived, from, to, startKm, endKm, km, drivingMin, pauseMin, averageSpeed, topSpeed: String
  var gap: String
  var causes: [String: String]

  var trips, drivingDays, tripsKm, gapsKm, openingKm, closingKm, drivingTime, pauseTime: String
  /// Follows the sum of trips and gaps; the second where it is not the difference of the mileages.
  var reconciled, notReconciled: String
  var openGap, openGapCounts: String

  var completeness: String
  /// Follow the number of days, of all days.
  var ofDays, daysAreComplete: String
  var allComplete, notComplete: String
  var states: [String: String]
  var noTrips: String

  var kmADay, tracks, noTracks, ofTrips, ofGaps, dayNotComplete: String
  var notATaxLogbook: String
  var timesAreLocal: String
  var deviceWithoutName: String

  static let english = Words(
    logbook: "Logbook",
    months: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ],
    vehicle: "Vehicle", account: "Account", timeZone: "Time zone", readAt: "Read at",
    date: "Date", departed: "Departed", arrived: "Arrived", from: "From", to: "To", startKm: "Start km",
    endKm: "End km", km: "km", drivingMin: "Driving min", pauseMin: "Pause min", averageSpeed: "Ø km/h",
    topSpeed: "Max km/h", gap: "Odometer gap",
    causes: [
      "odometer_set_back": "mileage was set back", "days_missing": "days are missing here",
      "unplugged": "tracker was unplugged", "no_signal": "no signal", "no_gps": "no GPS", "rounding": "rounding",
      "unknown": "unknown cause",
    ],
    trips: "Trips", drivingDays: "Days with trips", tripsKm: "km of trips", gapsKm: "km in gaps",
    openingKm: "Mileage at first", closingKm: "Mileage at last", drivingTime: "Driving, h:min",
    pauseTime: "Pauses, h:min", reconciled: "equal the difference of the two mileages",
    notReconciled: "do NOT equal the difference of the two mileages",
    openGap: "km without a trip are in a gap over the end of the month:",
    openGapCounts: "They count in the month in which it ends.",
    completeness: "Completeness", ofDays: "of", daysAreComplete: "days are complete.",
    allComplete:
      "All that the vendor told of this month is here. Whether the tracker recorded every trip is not known.",
    notComplete: "Trips may be missing on",
    states: [
      "missing": "not asked for, or not for all of it", "pending": "not answered yet", "failed": "every attempt failed",
      "provisional": "more may come", "not_over": "not over yet",
    ],
    noTrips: "No trips are recorded.",
    kmADay: "Kilometres a day", tracks: "Tracks", noTracks: "No positions are recorded.", ofTrips: "trips",
    ofGaps: "gaps", dayNotComplete: "day not complete",
    notATaxLogbook: """
      This is the recorded half of a logbook and not a tax logbook: purpose, business partner, driver, licence plate and addresses \
      are not in the vendor's API. Mileages are FLEETIZE's, not the dashboard's, and in whole kilometres. Of kilometres in gaps it is \
      not known when, where and by whom they were driven.
      """,
    timesAreLocal: "Times are local. Where clocks change during a trip, the offset from UTC stands beside them.",
    deviceWithoutName: "Device")

  static let german = Words(
    logbook: "Fahrtenliste",
    months: [
      "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
      "Dezember",
    ],
    vehicle: "Fahrzeug", account: "Konto", timeZone: "Zeitzone", readAt: "Stand",
    date: "Datum", departed: "Abfahrt", arrived: "Ankunft", from: "Von", to: "Nach", startKm: "km-Stand Beginn",
    endKm: "km-Stand Ende", km: "km", drivingMin: "Fahrt min", pauseMin: "Pause min", averageSpeed: "Ø km/h",
    topSpeed: "Max. km/h", gap: "Lücke im km-Stand",
    causes: [
      "odometer_set_back": "km-Stand wurde zurückgesetzt", "days_missing": "Tage fehlen hier",
      "unplugged": "Gerät war ausgesteckt", "no_signal": "kein Empfang", "no_gps": "kein GPS", "rounding": "Rundung",
      "unknown": "Ursache unbekannt",
    ],
    trips: "Fahrten", drivingDays: "Tage mit Fahrten", tripsKm: "km der Fahrten", gapsKm: "km in Lücken",
    openingKm: "km-Stand zuerst", closingKm: "km-Stand zuletzt", drivingTime: "Fahrzeit, h:min",
    pauseTime: "Pausen, h:min", reconciled: "ergeben die Differenz der beiden km-Stände",
    notReconciled: "ergeben NICHT die Differenz der beiden km-Stände",
    openGap: "km ohne Fahrt liegen in einer Lücke über das Monatsende:",
    openGapCounts: "Sie zählen in dem Monat, in dem sie endet.",
    completeness: "Vollständigkeit", ofDays: "von", daysAreComplete: "Tagen sind vollständig.",
    allComplete:
      "Alles, was der Anbieter für diesen Monat mitgeteilt hat, ist enthalten. Ob das Gerät jede Fahrt aufgezeichnet hat, ist nicht bekannt.",
    notComplete: "Fahrten können fehlen am",
    states: [
      "missing": "nicht oder nicht ganz abgefragt", "pending": "noch ohne Antwort",
      "failed": "alle Versuche gescheitert",
      "provisional": "es kann noch etwas kommen", "not_over": "noch nicht vorbei",
    ],
    noTrips: "Keine Fahrten aufgezeichnet.",
    kmADay: "Kilometer je Tag", tracks: "Fahrtstrecken", noTracks: "Keine Positionen aufgezeichnet.",
    ofTrips: "Fahrten", ofGaps: "Lücken", dayNotComplete: "Tag nicht vollständig",
    notATaxLogbook: """
      Dies ist die aufgezeichnete Hälfte eines Fahrtenbuchs und kein steuerliches Fahrtenbuch: Zweck, Geschäftspartner, Fahrer, \
      Kennzeichen und Adressen gibt die Schnittstelle des Anbieters nicht her. Die km-Stände sind die von FLEETIZE, nicht die des \
      Tachos, und in ganzen Kilometern. Wann, wo und von wem Kilometer in Lücken gefahren wurden, ist nicht bekannt.
      """,
    timesAreLocal:
      "Zeiten sind Ortszeiten. Wird während einer Fahrt die Uhr umgestellt, steht der Abstand zu UTC daneben.",
    deviceWithoutName: "Gerät")
}
