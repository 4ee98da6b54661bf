import FoundationEssentials

/// One vehicle's recorded trips of a local month: what every format of `fleetize-etl logbook` is made from.
///
/// It comes from the views of schema `bi` alone and keeps their names and units; nil is what they show as NULL.
public struct LogbookMonth: Hashable, Sendable {
  var account: String
  var deviceID: Int64
  var deviceName: String?
  var deviceDescription: String?
  /// Such as `2026-10`.
  var localMonth: String
  /// Zone of all local times.
  var timeZone: String
  /// When it was read from the database.
  var readAt: Date
  var totals: Totals
  /// Each day of the month.
  var days: [Day]
  /// Trips by departure, each odometer gap before the trip that it was found at.
  var entries: [Entry]
  /// A line a trip, without trips that have no position.
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

  /// A row of `bi.odometer_gap`: kilometres that no trip tells of.
  struct Gap: Hashable, Sendable, Encodable {
    var localDate: LocalDate
    /// Of the trip after the gap.
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

  /// A day of the month, with its row of `bi.logbook_day` and `bi.local_day` if there is one.
  struct Day: Hashable, Sendable, Encodable {
    var localDate: LocalDate
    /// As in `bi.local_day`; `missing` also where nothing of the day was ever asked for, `not_over` while it has not ended.
    var state: String
    var tripCount: Int
    var routesDistanceKm: Decimal?
    var gapKm: Decimal
  }

  /// The row of `bi.logbook_month`, and what the entries add up to.
  struct Totals: Hashable, Sendable, Encodable {
    var tripCount = 0
    var drivingDayCount = 0
    var routesDistanceKm: Decimal = 0
    var gapKm: Decimal = 0
    /// The mileage before the first entry and after the last one: their difference is `routesDistanceKm` and `gapKm` together.
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

  /// Trips by departure, each gap before its trip; the totals completed by what these add up to.
  mutating func arrange(trips: [Trip], gaps: [Gap]) {
    let gapOfTrip = Dictionary(grouping: gaps, by: \.departedAt)
    entries = trips.sorted { $0.departedAt < $1.departedAt }.flatMap { trip in
      (gapOfTrip[trip.departedAt] ?? []).map { .gap($0) } + [.trip(trip)]
    }
    (totals.openingMileageKm, totals.closingMileageKm) = Self.bounds(of: entries)
    totals.gapKm = gaps.map(\.gapKm).reduce(0, +)
  }
}
