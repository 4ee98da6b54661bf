import FleetModel
import Synchronization

/// The trips of one vehicle by day, with the odometer before each day.
///
/// A pure function of the seed and the day. Computed days are cached, so that a year of nights is cheap.
final class TripBook: Sendable {
  let vehicle: Vehicle
  private let pages: Mutex<[Page]>
  /// Limits the cache: later days have no trips.
  private static let longest = 40_000

  struct Page: Sendable {
    var trips: [Trip]
    /// The odometer at the first departure of the day or later.
    var metresBefore: Int
    /// The latest day with a departure, up to and including this one; nil if there was none.
    var lastActive: UTCDay?

    var metresAfter: Int { trips.reduce(metresBefore) { $0 + $1.metres } }
  }

  init(_ vehicle: Vehicle) {
    self.vehicle = vehicle
    pages = Mutex([])
  }

  /// Nil before the tracker was fitted.
  func page(of day: UTCDay) -> Page? {
    let index = Int(day.number) - Int(vehicle.installed.number)
    guard index >= 0, index < Self.longest else { return nil }
    return pages.withLock { pages in
      while pages.count <= index {
        let day = vehicle.installed.advanced(by: pages.count)
        let trips = vehicle.trips(departingOn: day)
        pages.append(
          Page(
            trips: trips, metresBefore: pages.last?.metresAfter ?? vehicle.firstMetres,
            lastActive: trips.isEmpty ? pages.last?.lastActive : day))
      }
      return pages[index]
    }
  }

  /// The trips of a day that have arrived by `time`, in order, each with the odometer at its departure.
  func finishedTrips(departingOn day: UTCDay, by time: Int) -> [(trip: Trip, metresBefore: Int)] {
    guard let page = page(of: day) else { return [] }
    var metres = page.metresBefore
    return page.trips.compactMap { trip in
      defer { metres += trip.metres }
      return trip.arrival <= time ? (trip, metres) : nil
    }
  }

  /// The trip under way at `time`. No trip lasts longer than two days.
  func runningTrip(at time: Int, on day: UTCDay) -> Trip? {
    [day, day.previous, day.advanced(by: -2)].lazy
      .compactMap { self.page(of: $0)?.trips }
      .joined()
      .first { $0.departure <= time && time < $0.arrival }
  }

  /// The last trip that has arrived by `time`.
  func lastFinishedTrip(by time: Int, on day: UTCDay) -> Trip? {
    var candidate = page(of: day)?.lastActive
    while let active = candidate, let page = page(of: active) {
      if let trip = page.trips.last(where: { $0.arrival <= time }) { return trip }
      candidate = self.page(of: active.previous)?.lastActive
    }
    return nil
  }

  /// The odometer at `time` in metres, including a trip under way.
  func metres(at time: Int, on day: UTCDay) -> Int {
    guard let page = page(of: day) else { return vehicle.firstMetres }
    var metres = page.metresAfter
    for day in [day, day.previous, day.advanced(by: -2)] {
      for trip in self.page(of: day)?.trips ?? [] where trip.arrival > time {
        metres -= trip.metres - trip.progress(at: time).metres
      }
    }
    return metres
  }

  /// Metres driven between 00:00 UTC of the day and `time`.
  func metresToday(at time: Int, on day: UTCDay) -> Int {
    metres(at: time, on: day) - metres(at: day.unixStart, on: day)
  }
}
