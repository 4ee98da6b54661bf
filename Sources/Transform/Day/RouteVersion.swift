import FleetModel
import FoundationEssentials

/// A route as one response contains it. A response for a later day may contain a longer version of the same route.
struct RouteVersion {
  var route: Route
  var askedDay: UTCDay
  var requestedAt: Date
  /// Whether the request left out its points.
  var leavesOutPoints = false

  /// Prefers one whose points were asked for, then the later arrival, then more points, then the response for the route's own day, then the later response.
  /// Remaining ties are broken by content and by asked day, so that the order of responses does not matter.
  func isPreferred(to other: RouteVersion) -> Bool {
    let (mine, theirs) = (rank, other.rank)
    guard mine == theirs else { return mine > theirs }
    guard route == other.route else { return route.isPreferredByContent(to: other.route) }
    return askedDay > other.askedDay
  }

  private var rank: (Int, Date, Int, Int, Date) {
    (
      leavesOutPoints ? 0 : 1, route.arrivedAt ?? .distantPast, route.points.count, route.day == askedDay ? 1 : 0,
      requestedAt
    )
  }

  /// Different responses may report one route with departures this far apart, for example the next day's from midnight on.
  static let mostSecondsApart = 60.0

  /// The versions of each route, in the order of their earliest departures.
  ///
  /// Versions with the same departure are one route. So are versions with the same arrival in different responses whose departures are
  /// up to a minute apart, chained by departure. Two routes of one response are never one.
  static func grouped(_ versions: [RouteVersion]) -> [[RouteVersion]] {
    let byDeparture = Dictionary(grouping: versions, by: \.route.departedAt).sorted { $0.key < $1.key }
    var groups: [(last: Date, versions: [RouteVersion])] = []
    for (departure, versions) in byDeparture {
      let earlier = groups.lastIndex { group in
        departure.timeIntervalSince(group.last) <= mostSecondsApart && isSameRoute(group.versions, versions)
      }
      if let earlier {
        groups[earlier] = (departure, groups[earlier].versions + versions)
      } else {
        groups.append((departure, versions))
      }
    }
    return groups.map(\.versions)
  }

  private static func isSameRoute(_ some: [RouteVersion], _ others: [RouteVersion]) -> Bool {
    Set(some.map(\.askedDay)).isDisjoint(with: others.map(\.askedDay))
      && some.contains { one in
        others.contains { $0.route.arrivedAt != nil && $0.route.arrivedAt == one.route.arrivedAt }
      }
  }

  /// Of two versions in one response.
  static func preferred(_ one: Route, _ other: Route) -> Route {
    func version(_ route: Route) -> RouteVersion {
      RouteVersion(route: route, askedDay: route.day, requestedAt: .distantPast)
    }
    return version(other).isPreferred(to: version(one)) ? other : one
  }
}

extension Route {
  fileprivate func isPreferredByContent(to other: Route) -> Bool {
    var (mine, theirs) = (ContentEncoder(), ContentEncoder())
    mine.append(self)
    theirs.append(other)
    return theirs.bytes.lexicographicallyPrecedes(mine.bytes)
  }
}
