import FleetModel
import FoundationEssentials

/// Encodes values as bytes that are equal exactly if the values are. Used for hashes and for a stable order.
struct ContentEncoder {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ value: Int64?) {
    guard let value else { return bytes.append(0) }
    bytes.append(1)
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: Int32?) { append(value.map(Int64.init)) }
  mutating func append(_ value: Int) { append(Int64(value)) }
  mutating func append(_ value: Bool?) { append(value.map { $0 ? Int64(1) : 0 }) }
  mutating func append(_ value: Decimal3?) { append(value?.thousandths) }

  mutating func append(_ value: Date?) {
    append(value.map { Int64(bitPattern: $0.timeIntervalSince1970.bitPattern) })
  }

  mutating func append(_ value: Coordinate?) {
    append(value?.latitudeE7)
    append(value?.longitudeE7)
  }

  mutating func append(_ value: String?) {
    append((value?.utf8.count).map { Int64($0) })
    if let value { bytes.append(contentsOf: value.utf8) }
  }

  mutating func append(_ points: [RoutePoint]) {
    append(points.count)
    let positions = points.map { point in
      (UInt64(UInt32(bitPattern: point.latitudeE7)) << 32 | UInt64(UInt32(bitPattern: point.longitudeE7))).littleEndian
    }
    let speeds = points.map { $0.speedTenths.littleEndian }
    positions.withUnsafeBytes { bytes.append(contentsOf: $0) }
    speeds.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ pause: RoutePause) {
    append(pause.typeCode)
    append(pause.isGrouped)
    append(pause.startedAt)
    append(pause.endedAt)
    append(pause.mileage)
    append(pause.location)
  }

  mutating func append(_ route: Route) {
    append(route.departedAt)
    append(route.arrivedAt)
    append(route.originMileage)
    append(route.destinationMileage)
    append(route.origin)
    append(route.destination)
    append(route.averageSpeed)
    append(route.averageSpeedDistance)
    append(route.pauseSeconds)
    append(route.points)
    append(route.pauses.count)
    for pause in route.pauses { append(pause) }
  }

  /// Without the sentence.
  mutating func append(_ finding: Finding) {
    append(finding.rule)
    append(finding.subject)
    append(finding.severity.rawValue)
    append(finding.departedAt)
    append(finding.occurrences)
    append(finding.sample)
  }
}
