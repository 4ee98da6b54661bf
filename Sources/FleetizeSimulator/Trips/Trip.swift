/// A drive from one place to another. Its points are made on demand.
struct Trip: Sendable {
  /// Unix time, seconds.
  let departure: Int
  let arrival: Int
  let origin: Position
  let destination: Position
  let metres: Int
  let drivingSeconds: Int
  let pauses: [Pause]
  let way: Way
  /// Metres of the way before the origin: above 0 for the later pieces of a trip that was cut.
  let wayBefore: Int
  /// Metres of the whole way.
  let wayMetres: Int
  let seed: UInt64

  var pauseSeconds: Int { pauses.reduce(0) { $0 + $1.seconds } }

  func place(atMetres driven: Int) -> Position {
    switch driven {
    case ...0: origin
    case metres...: destination
    default: position(atMetres: Double(driven))
    }
  }

  func position(atMetres driven: Double) -> Position {
    way.position(at: (Double(wayBefore) + driven) / Double(wayMetres))
  }

  /// The Unix time at which a pause begins.
  func start(of index: Int) -> Int {
    departure + pauses[index].drivenSeconds + pauses[..<index].reduce(0) { $0 + $1.seconds }
  }

  /// The state of the trip at a moment.
  func progress(at time: Int) -> (metres: Int, pause: Pause?) {
    var clock = departure
    var driven = (metres: 0, seconds: 0)
    for stop in legs {
      let seconds = stop.drivenSeconds - driven.seconds
      if time < clock + seconds {
        return (driven.metres + (stop.metres - driven.metres) * max(0, time - clock) / max(1, seconds), nil)
      }
      clock += seconds
      if time < clock + stop.seconds { return (stop.metres, stop) }
      clock += stop.seconds
      driven = (stop.metres, stop.drivenSeconds)
    }
    return (metres, nil)
  }

  /// The stops that end each leg: the pauses and the destination.
  var legs: [Pause] {
    pauses + [Pause(isIgnitionOff: true, metres: metres, drivenSeconds: drivingSeconds, seconds: 0)]
  }
}
