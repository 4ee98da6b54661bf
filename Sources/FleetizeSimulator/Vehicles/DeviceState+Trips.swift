import FleetModel
import FoundationEssentials

extension DeviceState {
  /// The state at `now` of a vehicle that was last heard from at `time`.
  ///
  /// During a route, including its pauses, the tracker reports continuously. Between routes it sleeps and sends a heartbeat every
  /// full hour.
  ///
  /// - Parameter sleepsInPauses: The tracker also sleeps in pauses with the ignition off, and the vehicle looks parked.
  init(of book: TripBook, lastHeard time: Int, now: Int, sleepsInPauses: Bool) {
    let day = UTCDay(containing: Date(timeIntervalSince1970: Double(time)))
    let hour = time / 3600 * 3600
    var random = SeededRandom(book.vehicle.seed, UInt64(bitPattern: Int64(hour)))
    self.init(
      metres: book.metres(at: time, on: day), metresToday: book.metresToday(at: time, on: day),
      place: book.vehicle.home, vehicleVoltageTenths: random.int(123, 128), deviceVoltageTenths: random.int(39, 41),
      angle: random.int(0, 359), heartbeat: max(hour, book.vehicle.installed.unixStart), status: .notMovedYet)
    if let trip = book.runningTrip(at: time, on: day) {
      drive(trip, at: time, random: &random)
      if sleepsInPauses { sleep(in: trip, at: time) }
    } else if let trip = book.lastFinishedTrip(by: time, on: day) {
      place = trip.destination
      online = trip.arrival
      heartbeat = max(hour, trip.arrival)
      status = .parked
    }
    if now - heartbeat > DeviceState.silenceTolerated {
      errorCode = 3
      errorTime = heartbeat + DeviceState.silenceTolerated
      errorText = "No Signal"
    }
  }

  /// A sleeping tracker sends a heartbeat every hour. After two hours of silence it counts as lost.
  private static let silenceTolerated = 7200

  private mutating func drive(_ trip: Trip, at time: Int, random: inout SeededRandom) {
    let (metres, pause) = trip.progress(at: time)
    place = trip.place(atMetres: metres)
    online = time
    heartbeat = time
    engineTemperature = random.int(78, 96)
    vehicleVoltageTenths = random.int(136, 144)
    status = pause == nil ? .driving : .standing
    guard pause == nil else { return }
    speedKmh = Int(Double(trip.metres) / Double(trip.drivingSeconds) * 3.6 * random.double(0.8, 1.2))
    engineRpm = 900 + speedKmh * random.int(18, 24)
  }

  private mutating func sleep(in trip: Trip, at time: Int) {
    let sleeping = trip.pauses.indices.first { index in
      let start = trip.start(of: index)
      return trip.pauses[index].isIgnitionOff && (start..<start + trip.pauses[index].seconds) ~= time
    }
    guard let sleeping else { return }
    let start = trip.start(of: sleeping)
    online = start
    heartbeat = max(time / 3600 * 3600, start)
    status = .parked
  }
}
