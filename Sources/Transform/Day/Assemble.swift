import FleetModel
import FoundationEssentials

/// Assembles a device-day: every route that departs on it, from any of the responses, with findings.
///
/// The order of the responses does not matter. Of several responses for one asked day, only the latest counts. Responses for
/// other devices are ignored.
public func assemble(_ day: UTCDay, of device: DeviceID, from responses: [DayResponse]) -> DeviceDay {
  let responses = latestPerAskedDay(responses.filter { $0.device == device })
  var versions: [Date: [RouteVersion]] = [:]
  for response in responses {
    for route in response.routes where route.day == day {
      let version = RouteVersion(route: route, askedDay: response.askedDay, requestedAt: response.requestedAt)
      versions[route.departedAt, default: []].append(version)
    }
  }
  var findings = FindingLog(device: device, day: day)
  var routes: [Route] = []
  for (departure, versions) in versions.sorted(by: { $0.key < $1.key }) {
    guard let best = versions.max(by: { $1.isPreferred(to: $0) })?.route else { continue }
    routes.append(best)
    findings.departedAt = departure
    let others = differentRoutes(versions) - 1
    if others > 0 { findings.note(.routeVersionSuperseded, count: others) }
  }
  let review = DayUnderReview(routes: routes, lastRequestedAt: responses.map(\.requestedAt).max() ?? .distantFuture)
  for rule in QualityRule.all {
    for violation in rule.check(review) {
      findings.departedAt = violation.departedAt
      findings.note(rule.rule, sample: violation.sample)
    }
  }
  return DeviceDay(device: device, day: day, routes: routes, findings: findings.all)
}

/// Compares instead of hashing: there are two or three versions, and hashing all points takes longer than reading them.
private func differentRoutes(_ versions: [RouteVersion]) -> Int {
  versions.indices.count { index in
    !versions[..<index].contains { $0.route == versions[index].route }
  }
}

private func latestPerAskedDay(_ responses: [DayResponse]) -> [DayResponse] {
  let byDay = Dictionary(grouping: responses, by: \.askedDay)
  return byDay.values.compactMap { $0.max { $1.isPreferred(to: $0) } }.sorted { $0.askedDay < $1.askedDay }
}

extension DayResponse {
  /// Prefers the later response. Ties are broken by content, so that the order of responses does not matter.
  fileprivate func isPreferred(to other: DayResponse) -> Bool {
    guard requestedAt == other.requestedAt else { return requestedAt > other.requestedAt }
    var (mine, theirs) = (ContentEncoder(), ContentEncoder())
    for route in routes { mine.append(route) }
    for route in other.routes { theirs.append(route) }
    return theirs.bytes.lexicographicallyPrecedes(mine.bytes)
  }
}

extension Rule {
  static let routeVersionSuperseded = Rule(
    "route_version_superseded", .info,
    "Several responses contain different versions of the route. The most complete one was kept.")
  static let dayRules = [routeVersionSuperseded, dayChanged]
}
