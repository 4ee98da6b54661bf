import FoundationEssentials

/// One vehicle's recorded trips in a local month: the source of every format of `fleetize-etl logbook`.
///
/// Read from the views of schema `bi` only, with their names and units. NULL becomes nil.
public struct LogbookMonth: Hashable, Sendable {
  var account: String
  var deviceID: Int64
  var deviceName: String?
  var deviceDescription: String?
  /// Such as `2026-10`.
  var localMonth: String
  /// The time zone of all local times.
  var timeZone: String
  /// When it was read from the database, UTC.
  var readAt: Date
  var totals: Totals
  /// Every day of the month.
  var days: [Day]
  /// Trips in order of departure, each preceded by the odometer gap before it.
  var entries: [Entry]
  /// One track per trip that has positions.
  var tracks: [Track]

  enum Entry: Hashable, Sendable {
    case trip(Trip)
    case gap(Gap)
  }

  /// A row of `bi.logbook`.
  struct Trip: Hashable, Sendable, Encodable {
    var localDate: LocalDate
    var departedAt: Date
    var arrivedAt: Date?
    var departedLocal: LocalTime
    var arrivedLocal: LocalTime?
    var originLatitude: Double?
    var originLongitude: Double?
    var destinationLatitude: Double?
    var destinationLongitude: Double?
    var originMileageKm: Decimal?
    var destinationMileageKm: Decimal?
    var distanceKm: Decimal?
    var durationS: Int?
    var drivingS: Int?
    var pauseS: Int?
    var averageSpeedKmh: Decimal?
    var topSpeedKmh: Decimal?
  }

  /// A row of `bi.odometer_gap`: kilometres that no trip accounts for.
  struct Gap: Hashable, Sendable, Encodable {
    var localDate: LocalDate
    /// The departure of the trip after the gap.
    var departedAt: Date
    var startedAt: Date
    var endedAt: Date
    var startedLocal: LocalTime
    var endedLocal: LocalTime
    var startMileageKm: Decimal
    var endMileageKm: Decimal
    var gapKm: Decimal
    var likelyCause: String
  }

  /// A day of the month, with its rows of `bi.logbook_day` and `bi.local_day` if there are any.
  struct Day: Hashable, Sendable, Encodable {
    var localDate: LocalDate
    /// As in `bi.local_day`; also `missing` if the day was never asked for, and `not_over` until it has ended.
    var state: String
    var tripCount: Int
    var routesDistanceKm: Decimal?
    var gapKm: Decimal
  }

  /// The row of `bi.logbook_month`, and totals of the entries.
  struct Totals: Hashable, Sendable, Encodable {
    var tripCount = 0
    var drivingDayCount = 0
    var routesDistanceKm: Decimal = 0
    var gapKm: Decimal = 0
    /// The mileages before the first entry and after the last one. Their difference is the sum of `routesDistanceKm` and `gapKm`.
    var openingMileageKm: Decimal?
    var closingMileageKm: Decimal?
    /// A gap that is open at the end of the month: it counts in the month in which it ends.
    var gapOpenKm: Decimal?
    var gapOpenStartedLocal: LocalTime?
    var gapOpenEndedLocal: LocalTime?
    var drivingS: Int?
    var pauseS: Int?
    var averageSpeedKmh: Decimal?
    var topSpeedKmh: Decimal?
    var dayCount = 0
    var completeDayCount = 0
  }

  struct Track: Hashable, Sendable {
    /// Longitude and latitude of each point, degrees.
    var positions: [[Double]]
  }
}

extension LogbookMonth {
  var isComplete: Bool { totals.completeDayCount == totals.dayCount }

  /// The mileages before the first and after the last entry.
  static func bounds(of entries: [Entry]) -> (opening: Decimal?, closing: Decimal?) {
    let readings = entries.flatMap { entry in
      switch entry {
      case .gap(let gap): [gap.startMileageKm, gap.endMileageKm]
      case .trip(let trip): [trip.originMileageKm, trip.destinationMileageKm].compactMap { $0 }
      }
    }
    return (readings.first, readings.last)
  }

  /// Sets the entries, and the totals that depend on them.
  mutating func arrange(trips: [Trip], gaps: [Gap]) {
    let gapOfTrip = Dictionary(grouping: gaps, by: \.departedAt)
    entries = trips.sorted { $0.departedAt < $1.departedAt }.flatMap { trip in
      (gapOfTrip[trip.departedAt] ?? []).map { .gap($0) } + [.trip(trip)]
    }
    (totals.openingMileageKm, totals.closingMileageKm) = Self.bounds(of: entries)
    totals.gapKm = gaps.map(\.gapKm).reduce(0, +)
  }
}
