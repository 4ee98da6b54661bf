import FleetModel
import FoundationEssentials

/// The rows of a device-day: every route that departs on it, from whichever answers tell of it, and what is odd about them.
///
/// A function of the set of answers: their order does not matter. Of several answers for one asked day only the latest
/// counts; answers of other devices do not.
public func assemble(_ day: UTCDay, of device: DeviceID, from answers: [DayAnswer]) -> DeviceDay {
  let answers = latestPerAskedDay(answers.filter { $0.device == device })
  var versions: [Date: [RouteVersion]] = [:]
  for answer in answers {
    for route in answer.routes where route.day == day {
      let version = RouteVersion(route: route, askedDay: answer.askedDay, requestedAt: answer.requestedAt)
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
  let review = DayUnderReview(routes: routes, lastRequestedAt: answers.map(\.requestedAt).max() ?? .distantFuture)
  for rule in QualityRule.all {
    for offence in rule.check(review) {
      findings.departedAt = offence.departedAt
      findings.note(rule.rule, sample: offence.sample)
    }
  }
  return DeviceDay(device: device, day: day, routes: routes, findings: findings.all)
}

/// Counted by comparing: there are two or three, and hashing all their points takes longer than reading them did.
private func differentRoutes(_ versions: [RouteVersion]) -> Int {
  versions.indices.count { index in
    !versions[..<index].contains { $0.route == versions[index].route }
  }
}

private func latestPerAskedDay(_ answers: [DayAnswer]) -> [DayAnswer] {
  let byDay = Dictionary(grouping: answers, by: \.askedDay)
  return byDay.values.compactMap { $0.max { $1.isPreferred(to: $0) } }.sorted { $0.askedDay < $1.askedDay }
}

extension DayAnswer {
  /// The later one; of two at the same moment, one that is the same in any order.
  fileprivate func isPreferred(to other: DayAnswer) -> Bool {
    guard requestedAt == other.requestedAt else { return requestedAt > other.requestedAt }
    var (mine, theirs) = (ContentEncoder(), ContentEncoder())
    for route in routes { mine.append(route) }
    for route in other.routes { theirs.append(route) }
    return theirs.bytes.lexicographicallyPrecedes(mine.bytes)
  }
}

extension Rule {
  static let routeVersionSuperseded = Rule(
    "route_version_superseded", .info, "Several answers tell of this route; the most complete version is kept.")
  static let dayRules = [routeVersionSuperseded, dayChanged]
}
