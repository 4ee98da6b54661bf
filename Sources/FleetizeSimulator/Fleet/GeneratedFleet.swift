import FleetModel
import FoundationEssentials

/// A fleet generated from a seed: always the same vehicles, trips and odometers.
public struct GeneratedFleet: SimulatedFleet {
  private let books: [TripBook]
  private let bookOfDevice: [DeviceID: TripBook]
  private let pointInterval: Int
  private let sleepsInPauses: Bool
  private let cutsAtMidnight: Bool
  private let hasHistoricNodes: Bool
  private let outages: @Sendable (DeviceID) -> [Outage]

  /// - Parameters:
  ///   - kinds: One per vehicle; ``mixture(of:)`` makes a plausible fleet.
  ///   - firstDevice: The id of the first vehicle. The others count up from it.
  ///   - firstDay: When the first tracker is fitted. All vehicles follow within `fittingDays`.
  ///   - calendarShift: Moves everything that depends on the date by some days, including weekdays and the first day. Shifted by
  ///     whole weeks, a fleet has the same recent history at a later date.
  ///   - pointInterval: Seconds between two points of a route.
  ///   - sleepsInPauses: Whether a device looks parked while its route pauses with the ignition off. The document leaves it open.
  ///   - cutsAtMidnight: Whether the vendor cuts routes into pieces at midnight UTC.
  ///   - hasHistoricNodes: Whether the node "device" of a past day has the values of that day's end, rather than the latest ones. The
  ///     document leaves it open.
  ///   - outages: When a device cannot be heard from. Called for every response.
  public init(
    seed: UInt64, kinds: [VehicleKind] = GeneratedFleet.mixture(of: 8), firstDevice: DeviceID = DeviceID(492),
    firstDay: UTCDay = GeneratedFleet.defaultFirstDay, fittingDays: Int = 60, calendarShift: Int = 0,
    pointInterval: Int = 10, sleepsInPauses: Bool = false, cutsAtMidnight: Bool = false,
    hasHistoricNodes: Bool = false,
    outages: @escaping @Sendable (DeviceID) -> [Outage] = { _ in [] }
  ) {
    self.pointInterval = max(1, pointInterval)
    self.sleepsInPauses = sleepsInPauses
    self.cutsAtMidnight = cutsAtMidnight
    self.hasHistoricNodes = hasHistoricNodes
    self.outages = outages
    books = kinds.enumerated().map { index, kind in
      var random = SeededRandom(seed, UInt64(index), 0x6669_7474)
      let installed = firstDay.advanced(by: random.int(0, max(0, fittingDays)) + calendarShift)
      let id = DeviceID(firstDevice.value + Int64(index))
      return TripBook(
        Vehicle(id: id, index: index, kind: kind, seed: seed, installed: installed, calendarShift: calendarShift))
    }
    bookOfDevice = Dictionary(uniqueKeysWithValues: books.map { ($0.vehicle.id, $0) })
  }

  /// 2024-01-01.
  public static var defaultFirstDay: UTCDay { UTCDay(number: 19_723) }

  /// All kinds in turn, but only one vehicle that never moves.
  public static func mixture(of count: Int) -> [VehicleKind] {
    let moving = VehicleKind.allCases.filter { $0 != .neverMoved }
    let first = VehicleKind.allCases
    return (0..<max(0, count)).map { $0 < first.count ? first[$0] : moving[($0 - first.count) % moving.count] }
  }

  /// Nil for an unknown device.
  public func kind(of device: DeviceID) -> VehicleKind? {
    bookOfDevice[device]?.vehicle.kind
  }

  /// The first day with a tracker; nil for an unknown device.
  public func installed(_ device: DeviceID) -> UTCDay? {
    bookOfDevice[device]?.vehicle.installed
  }

  /// All routes that depart on `day`, even if the vendor does not know them yet: what a warehouse should finally contain.
  public func routes(of device: DeviceID, departingOn day: UTCDay) -> [SimulatedRoute] {
    bookOfDevice[device].map { trips(of: $0, departingOn: day, by: .max, outages: []) }?.map(SimulatedRoute.init) ?? []
  }

  public func devices(at now: Date) -> [DeviceID] {
    books.map(\.vehicle).filter { $0.installed.start <= now }.map(\.id)
  }

  public func listEntry(of device: DeviceID, at now: Date) -> FleetResponse? {
    guard let book = listed(device, at: now) else { return nil }
    let state = state(of: book, at: now)
    return FleetResponse(device: SimulatedDevice(state, of: book.vehicle)) {
      book.vehicle.listEntry(state, at: now.unixSeconds)
    }
  }

  public func day(_ day: UTCDay?, of device: DeviceID, at now: Date) -> FleetResponse? {
    guard let book = listed(device, at: now) else { return nil }
    let heard = lastHeard(device, at: now)
    let state = state(of: book, at: now)
    let day = day ?? UTCDay(containing: state.online.map { Date(timeIntervalSince1970: Double($0)) } ?? now)
    // The tracker sends a route when it is over. What it sent before an outage remains available.
    let routes = trips(of: book, departingOn: day, by: heard, outages: outages(device))
    let interval = pointInterval
    let shown =
      hasHistoricNodes && day.end <= now
      ? self.state(of: book, at: day.end.addingTimeInterval(-1)) : state
    return FleetResponse(
      day: day, device: SimulatedDevice(shown, of: book.vehicle), routes: routes.map(SimulatedRoute.init)
    ) {
      .object([
        "device": book.vehicle.deviceNode(shown, day: day),
        "routes": .array(routes.map { $0.trip.node(metresBefore: $0.metresBefore, pointInterval: interval) }),
      ])
    }
  }

  /// The trips, or pieces of trips, that depart on a day and are over by `time`, each with the odometer at its departure.
  private func trips(
    of book: TripBook, departingOn day: UTCDay, by time: Int, outages: [Outage]
  ) -> [(trip: Trip, metresBefore: Int)] {
    // No trip lasts longer than two days.
    let days = cutsAtMidnight ? [day.advanced(by: -2), day.previous, day] : [day]
    let trips = days.flatMap { book.finishedTrips(departingOn: $0, by: time) }.filter { whole in
      !outages.contains { $0.loses(whole.trip) }
    }
    guard cutsAtMidnight else { return trips }
    return trips.flatMap { whole -> [(trip: Trip, metresBefore: Int)] in
      var metres = whole.metresBefore
      return whole.trip.piecesByDay.map { piece in
        defer { metres += piece.metres }
        return (trip: piece, metresBefore: metres)
      }
    }.filter { (day.unixStart..<day.next.unixStart).contains($0.trip.departure) }
  }

  private func listed(_ device: DeviceID, at now: Date) -> TripBook? {
    bookOfDevice[device].flatMap { $0.vehicle.installed.start <= now ? $0 : nil }
  }

  private func state(of book: TripBook, at now: Date) -> DeviceState {
    DeviceState(
      of: book, lastHeard: lastHeard(book.vehicle.id, at: now), now: now.unixSeconds, sleepsInPauses: sleepsInPauses)
  }

  /// The Unix time up to which the vendor knows everything. Adjacent outages count as one.
  private func lastHeard(_ device: DeviceID, at now: Date) -> Int {
    var moment = now
    for outage in outages(device).sorted(by: { $0.from > $1.from }) where outage.from <= moment {
      let until = outage.until ?? .distantFuture
      let touchesLater = moment < now && moment == until
      if moment < until || touchesLater { moment = outage.from }
    }
    return moment.unixSeconds
  }
}

extension Date {
  var unixSeconds: Int { Int(timeIntervalSince1970.rounded(.down)) }
}
