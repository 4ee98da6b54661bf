import FleetModel
import FleetizeAPI
import FoundationEssentials

extension Route {
  /// Nil without a usable departure, which identifies the route.
  init?(_ wire: WireRoute, _ translator: inout Translator) {
    translator.findings.departedAt = nil
    for tag in wire.unknownTags { translator.noteUnknown(tag) }
    guard let departedAt = translator.timestamp(wire.originTimestamp, "origin_timestamp") else {
      translator.findings.note(.routeWithoutDeparture, sample: Excerpt.of(wire.source))
      return nil
    }
    translator.findings.departedAt = departedAt
    defer { translator.findings.departedAt = nil }
    self.init(
      departedAt: departedAt,
      arrivedAt: translator.timestamp(wire.destinationTimestamp, "destination_timestamp"),
      originMileage: translator.decimal(wire.originMileage, "origin_mileage"),
      destinationMileage: translator.decimal(wire.destinationMileage, "destination_mileage"),
      origin: translator.location(wire.originLocation, "origin_location"),
      destination: translator.location(wire.destinationLocation, "destination_location"),
      averageSpeed: translator.average(wire.averageSpeed, "average_speed"),
      averageSpeedDistance: translator.average(wire.averageSpeedDistance, "average_speed_distance"),
      pauseSeconds: translator.seconds(wire.pauseDuration, "pause_duration"),
      points: translator.points(wire.routePoints),
      pauses: wire.routePause.entries.map { RoutePause($0, &translator) })
    for excerpt in wire.routePause.unusable { translator.findings.note(.pauseUnusable, sample: excerpt) }
  }
}

extension Translator {
  mutating func points(_ wire: WirePoints) -> [RoutePoint] {
    switch wire {
    case .absent:
      return []
    case .structure(let excerpt):
      findings.note(.pointsUnusable, sample: excerpt)
      return []
    case .text(let bytes):
      var scanner = RoutePointScanner()
      scanner.scan(bytes.span)
      for (rule, tally) in scanner.tallies where tally.count > 0 {
        findings.note(rule, count: tally.count, sample: tally.sample)
      }
      return scanner.points
    }
  }
}
