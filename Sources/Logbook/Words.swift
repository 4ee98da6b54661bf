/// The texts of a logbook in one language.
struct Words {
  var logbook: String
  var months: [String]
  var vehicle, account, timeZone, readAt: String

  var date, departed, arrived, from, to, startKm, endKm, km, drivingMin, pauseMin, averageSpeed, topSpeed: String
  var gap: String
  var causes: [String: String]

  var trips, drivingDays, tripsKm, gapsKm, openingKm, closingKm, drivingTime, pauseTime: String
  /// Follow the sum of trips and gaps, depending on whether it equals the difference of the mileages.
  var reconciled, notReconciled: String
  var openGap, openGapCounts: String

  var completeness: String
  /// "24 `ofDays` 31 `daysAreComplete`".
  var ofDays, daysAreComplete: String
  var allComplete, notComplete: String
  var states: [String: String]
  var noTrips: String

  var kmPerDay, tracks, noTracks, ofTrips, ofGaps, dayNotComplete: String
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
      "odometer_set_back": "mileage was set back", "days_missing": "days are missing",
      "unplugged": "tracker was unplugged", "no_signal": "no signal", "no_gps": "no GPS", "rounding": "rounding",
      "unknown": "unknown cause",
    ],
    trips: "Trips", drivingDays: "Days with trips", tripsKm: "km in trips", gapsKm: "km in gaps",
    openingKm: "Opening mileage", closingKm: "Closing mileage", drivingTime: "Driving, h:min",
    pauseTime: "Pauses, h:min", reconciled: "equals the difference between the mileages",
    notReconciled: "does NOT equal the difference between the mileages",
    openGap: "km without a trip are in a gap across the end of the month:",
    openGapCounts: "They count in the month in which it ends.",
    completeness: "Completeness", ofDays: "of", daysAreComplete: "days are complete.",
    allComplete:
      "Everything that the vendor reported for this month is included. Whether the tracker recorded every trip is not known.",
    notComplete: "Trips may be missing on",
    states: [
      "missing": "not or only partly asked for", "pending": "no response yet", "failed": "every attempt failed",
      "provisional": "more trips may follow", "not_over": "not over yet",
    ],
    noTrips: "No trips recorded.",
    kmPerDay: "Kilometres per day", tracks: "Tracks", noTracks: "No positions recorded.", ofTrips: "trips",
    ofGaps: "gaps", dayNotComplete: "incomplete day",
    notATaxLogbook: """
      This is the recorded half of a logbook and not a tax logbook: the vendor's API does not provide purpose, business partner, \
      driver, licence plate and addresses. Mileages are those of FLEETIZE, not of the dashboard, in whole kilometres. It is not \
      known when, where and by whom kilometres in gaps were driven.
      """,
    timesAreLocal: "Times are local times. If clocks change during a trip, the offset from UTC is added.",
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
    kmPerDay: "Kilometer je Tag", tracks: "Fahrtstrecken", noTracks: "Keine Positionen aufgezeichnet.",
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
