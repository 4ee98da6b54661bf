/// The points of a trip as text, and the average that the vendor computes from them.
struct TripPoints {
  /// `48.82556,9.33111,0;48.82556,9.33111,0;...`
  private(set) var text: [UInt8] = []
  private(set) var count = 0
  private var speedSum = 0
  private var speedCount = 0

  /// The mean of all speeds above zero, in tenths of km/h.
  var averageSpeedTenths: Int { speedCount == 0 ? 0 : (speedSum * 10 + speedCount / 2) / speedCount }

  /// - Parameter interval: Seconds between two points.
  init(of trip: Trip, every interval: Int) {
    text.reserveCapacity(21 * (trip.arrival - trip.departure) / interval + 64)
    var random = SeededRandom(trip.seed, 0x706F_696E_7473)
    append(trip.origin, speed: 0)
    var metres = 0
    var seconds = 0
    for stop in trip.legs {
      drive(
        trip, from: metres, to: stop.metres, seconds: stop.drivenSeconds - seconds, every: interval, random: &random)
      append(trip.place(atMetres: stop.metres), speed: 0)
      stand(at: trip.place(atMetres: stop.metres), during: stop, every: interval)
      (metres, seconds) = (stop.metres, stop.drivenSeconds)
    }
  }

  /// Accelerates, varies around the mean speed of the leg, and slows down. The speeds add up to the leg's metres.
  private mutating func drive(
    _ trip: Trip, from start: Int, to end: Int, seconds: Int, every interval: Int, random: inout SeededRandom
  ) {
    let steps = max(1, seconds / interval)
    var weights: [Double] = []
    weights.reserveCapacity(steps)
    var total = 0.0
    var mood = 1.0
    for step in 0..<steps {
      mood += (random.unit() - 0.5) * 0.3 + (1 - mood) * 0.2
      let ramp = min(1, (Double(min(step, steps - 1 - step)) + 0.5) / 3)
      let weight = max(0.05, mood) * ramp
      weights.append(weight)
      total += weight
    }
    let metres = Double(end - start)
    let secondsPerStep = Double(seconds) / Double(steps)
    var driven = 0.0
    for step in 0..<steps - 1 {
      let distance = metres * weights[step] / total
      driven += distance
      let speed = Int((distance / secondsPerStep * 3.6).rounded())
      append(trip.position(atMetres: Double(start) + driven), speed: speed)
    }
  }

  /// While standing, a tracker sends points more rarely, and none while the ignition is off.
  private mutating func stand(at place: Position, during stop: Pause, every interval: Int) {
    guard !stop.isIgnitionOff else { return }
    for _ in 0..<stop.seconds / (interval * 6) { append(place, speed: 0) }
  }

  private mutating func append(_ place: Position, speed: Int) {
    if count > 0 { text.append(UInt8(ascii: ";")) }
    place.append(to: &text)
    text.append(UInt8(ascii: ","))
    Position.appendDigits(of: UInt(speed), to: &text)
    count += 1
    if speed > 0 {
      speedSum += speed
      speedCount += 1
    }
  }
}
