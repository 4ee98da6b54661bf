import FleetModel

@testable import Transform

/// Any bytes as the tag `route_points`.
func checkPoints(_ text: [UInt8]) throws(BrokenPromise) {
  let (points, counts) = scanned(text)
  let semicolon = UInt8(ascii: ";")
  try promise(points.count <= text.count { $0 == semicolon } + 1, "semicolons separate points")
  for point in points { try checkPoint(point) }
  try promise(scanned(rendered(points)).points == points, "points that are printed and read again are the same")

  // A semicolon separates any two points.
  guard let middle = text[(text.count / 2)...].firstIndex(of: semicolon) else { return }
  let (head, tail) = (scanned(Array(text[...middle])), scanned(Array(text[(middle + 1)...])))
  try promise(head.points + tail.points == points, "points do not depend on earlier ones")
  for (index, count) in counts.enumerated() {
    try promise(head.counts[index] + tail.counts[index] == count, "findings do not depend on earlier points")
  }
}

private func scanned(_ text: [UInt8]) -> (points: [RoutePoint], counts: [Int]) {
  var scanner = RoutePointScanner()
  scanner.scan(text.span)
  return (scanner.points, scanner.tallies.map(\.1.count))
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
