extension Trip {
  /// The pieces of a trip that the vendor cuts at each midnight UTC: one ends at 23:59:59, and the next begins at 00:00:00 with
  /// the same mileage and place.
  var piecesByDay: [Trip] {
    var pieces: [Trip] = []
    var rest = self
    while let (before, after) = rest.cut(at: (rest.departure / 86_400 + 1) * 86_400) {
      pieces.append(before)
      rest = after
    }
    return pieces + [rest]
  }

  /// Nil if the trip does not last from a minute before `time` until a minute after it.
  private func cut(at time: Int) -> (before: Trip, after: Trip)? {
    guard departure + 60 <= time, time + 60 <= arrival else { return nil }
    let metresBefore = progress(at: time).metres
    let place = place(atMetres: metresBefore)
    let paused = pauses.indices.reduce(0) { $0 + min(max(time - start(of: $1), 0), pauses[$1].seconds) }
    let drivenBefore = time - departure - paused

    var earlier: [Pause] = []
    var later: [Pause] = []
    for (index, pause) in pauses.enumerated() {
      let start = start(of: index)
      if start < time - 1 {
        var part = pause
        part.seconds = min(pause.seconds, time - 1 - start)
        earlier.append(part)
      }
      if start + pause.seconds > time {
        later.append(
          Pause(
            isIgnitionOff: pause.isIgnitionOff, metres: max(0, pause.metres - metresBefore),
            drivenSeconds: max(0, pause.drivenSeconds - drivenBefore),
            seconds: start + pause.seconds - max(start, time)))
      }
    }
    let before = Trip(
      departure: departure, arrival: time - 1, origin: origin, destination: place, metres: metresBefore,
      drivingSeconds: time - 1 - departure - earlier.reduce(0) { $0 + $1.seconds }, pauses: earlier, way: way,
      wayBefore: wayBefore, wayMetres: wayMetres, seed: seed)
    let after = Trip(
      departure: time, arrival: arrival, origin: place, destination: destination, metres: metres - metresBefore,
      drivingSeconds: arrival - time - later.reduce(0) { $0 + $1.seconds }, pauses: later, way: way,
      wayBefore: wayBefore + metresBefore, wayMetres: wayMetres, seed: seed &+ 1)
    return (before, after)
  }
}
