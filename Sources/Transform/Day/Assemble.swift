import FleetModel
import FoundationEssentials

/// Assembles a device-day: every route that departs on it, from any of the responses, with findings.
///
/// A function of the set of responses: their order does not matter. Of several responses for one asked day only the latest whole one
/// counts, else the latest; responses of other devices do not.
public func assemble(_ day: UTCDay, of device: DeviceID, from responses: [DayResponse]) -> DeviceDay {
  let responses = latestPerAskedDay(responses.filter { $0.device == device })
  let versions = responses.flatMap { response in
    response.routes.filter { $0.days.contains(day) }.map {
      RouteVersion(
        route: $0, askedDay: response.askedDay, requestedAt: response.requestedAt,
        leavesOutPoints: response.leavesOutPoints)
    }
  }
  var findings = FindingLog(device: device, day: day)
  var routes: [Route] = []
  var askedDays: [UTCDay] = []
  for versions in RouteVersion.grouped(versions) {
    guard let best = versions.max(by: { $1.isPreferred(to: $0) }), best.route.day == day else { continue }
    routes.append(best.route)
    askedDays.append(best.askedDay)
    findings.departedAt = best.route.departedAt
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
  return DeviceDay(device: device, day: day, routes: routes, askedDays: askedDays, findings: findings.all)
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
  /// One with points, then a whole one, then the later one; of two at the same moment, one that is the same in any order.
  fileprivate func isPreferred(to other: DayResponse) -> Bool {
    guard leavesOutPoints == other.leavesOutPoints else { return !leavesOutPoints }
    guard isWhole == other.isWhole else { return isWhole }
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
