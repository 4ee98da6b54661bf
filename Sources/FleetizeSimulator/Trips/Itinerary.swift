/// Plans a day's trips. Each trip begins where and after the previous one ended.
struct Itinerary {
  private(set) var trips: [Trip] = []
  private(set) var place: Position
  /// The Unix time up to which the day is planned.
  private(set) var time: Int
  var random: SeededRandom

  init(from place: Position, at time: Int, random: SeededRandom) {
    self.place = place
    self.time = time
    self.random = random
  }

  mutating func wait(minutes: ClosedRange<Double>) {
    time += Int(random.double(minutes.lowerBound, minutes.upperBound) * 60)
  }

  /// - Parameters:
  ///   - pauses: The number of stops at random places on the way.
  ///   - pauseMinutes: The length of each stop.
  mutating func drive(
    to destination: Position, pauses count: Int = 0, pauseMinutes: ClosedRange<Double> = 2.5...12
  ) {
    let way = Way(from: place, to: destination, bends: random.int(2, 5), curviness: random.unit())
    let metres = max(1, Int(way.metres))
    let seconds = max(60, Int(way.metres / metresPerSecond(over: way.metres)))
    let pauses = stops(count, metres: metres, drivingSeconds: seconds, minutes: pauseMinutes)
    let arrival = time + seconds + pauses.reduce(0) { $0 + $1.seconds }
    trips.append(
      Trip(
        departure: time, arrival: arrival, origin: place, destination: destination, metres: metres,
        drivingSeconds: seconds, pauses: pauses, way: way, wayBefore: 0, wayMetres: metres, seed: random.next()))
    (place, time) = (destination, arrival)
  }

  /// Towns are slow, motorways fast.
  private mutating func metresPerSecond(over metres: Double) -> Double {
    let speedKmh =
      switch metres {
      case ..<8_000: 26.0
      case ..<30_000: 43.0
      case ..<120_000: 71.0
      default: 86.0
      }
    return speedKmh / 3.6 * random.double(0.88, 1.12)
  }

  private mutating func stops(
    _ count: Int, metres: Int, drivingSeconds: Int, minutes: ClosedRange<Double>
  ) -> [Pause] {
    var shares = (0..<count).map { _ in random.double(0.05, 0.95) }.sorted()
    // Some stops are close enough to each other for the vendor to group them.
    if count > 1, metres > 2_000, random.chance(0.4) {
      shares[1] = shares[0] + random.double(10, 60) / Double(metres)
    }
    return shares.sorted().map { share in
      Pause(
        isIgnitionOff: random.chance(0.35), metres: Int(share * Double(metres)),
        drivenSeconds: Int(share * Double(drivingSeconds)),
        seconds: Int(random.double(minutes.lowerBound, minutes.upperBound) * 60))
    }
  }
}
