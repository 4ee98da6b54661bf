import FleetModel

@testable import Transform

/// Any bytes as the tag `route_points`.
func checkPoints(_ text: [UInt8]) throws(BrokenPromise) {
  let (points, oddities) = scanned(text)
  let semicolon = UInt8(ascii: ";")
  try promise(points.count <= text.count { $0 == semicolon } + 1, "a point takes a semicolon")
  for point in points { try checkPoint(point) }
  try promise(scanned(rendered(points)).points == points, "points written again are the same points")

  // A semicolon parts points whatever they are.
  guard let middle = text[(text.count / 2)...].firstIndex(of: semicolon) else { return }
  let (head, tail) = (scanned(Array(text[...middle])), scanned(Array(text[(middle + 1)...])))
  try promise(head.points + tail.points == points, "points do not depend on those before")
  for (index, count) in oddities.enumerated() {
    try promise(head.oddities[index] + tail.oddities[index] == count, "nor do their findings")
  }
}

private func scanned(_ text: [UInt8]) -> (points: [RoutePoint], oddities: [Int]) {
  var scanner = RoutePointScanner()
  scanner.scan(text.span)
  return (scanner.points, scanner.oddities.map(\.1.count))
}

private func rendered(_ points: [RoutePoint]) -> [UInt8] {
  let texts = points.map { point in
    let position = point.hasPosition ? "\(degrees(point.latitudeE7)),\(degrees(point.longitudeE7))" : "0,0"
    return point.hasSpeed ? "\(position),\(decimal(Int64(point.speedTenths), decimals: 1))" : position
  }
  return Array(texts.joined(separator: ";").utf8)
}

func degrees(_ e7: Int32) -> String { decimal(Int64(e7), decimals: 7) }

func decimal(_ value: Int64, decimals: Int) -> String {
  let digits = String(value.magnitude)
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  return "\(value < 0 ? "-" : "")\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
}
