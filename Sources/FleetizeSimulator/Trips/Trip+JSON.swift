extension Trip {
  /// An entry of "routes". Times are texts and other numbers are numbers, as in the document's sample.
  func node(metresBefore: Int, pointInterval: Int) -> JSON {
    let points = TripPoints(of: self, every: pointInterval)
    let originKm = metresBefore / 1000
    let destinationKm = (metresBefore + metres) / 1000
    let duration = arrival - departure
    return .object([
      "origin_timestamp": .quoted(departure),
      "origin_mileage": .number(originKm),
      "origin_location": .string(origin.description),
      "destination_timestamp": .quoted(arrival),
      "destination_mileage": .number(destinationKm),
      "destination_location": .string(destination.description),
      "average_speed": .tenths(points.averageSpeedTenths),
      "average_speed_distance": .tenths(((destinationKm - originKm) * 36_000 + duration / 2) / duration),
      "pause_duration": .number(pauseSeconds),
      "route_pause": .array(pauses.indices.map { pauseNode($0, metresBefore: metresBefore) }),
      "route_points": .literal([UInt8(ascii: "\"")] + points.text + [UInt8(ascii: "\"")]),
    ])
  }

  private func pauseNode(_ index: Int, metresBefore: Int) -> JSON {
    let pause = pauses[index]
    let start = start(of: index)
    return .object([
      "grouped": .number(isGrouped(index) ? 1 : 0),
      "type": .number(pause.isIgnitionOff ? 1 : 2),
      "start_timestamp": .quoted(start),
      "end_timestamp": .quoted(start + pause.seconds),
      "mileage": .number((metresBefore + pause.metres) / 1000),
      "location": .string(place(atMetres: pause.metres).description),
    ])
  }

  /// "More than one pause-activities in this area", interpreted as within 100 m.
  private func isGrouped(_ index: Int) -> Bool {
    let place = place(atMetres: pauses[index].metres)
    return pauses.indices.contains {
      $0 != index && place.metres(to: self.place(atMetres: pauses[$0].metres)) <= 100
    }
  }
}
