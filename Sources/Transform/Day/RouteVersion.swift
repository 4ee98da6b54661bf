import FleetModel
import FoundationEssentials

/// A route as one response contains it. A response for a later day may contain a longer version of the same route.
struct RouteVersion {
  var route: Route
  var askedDay: UTCDay
  var requestedAt: Date

  /// Prefers the later arrival, then more points, then the response for the route's own day, then the later response.
  /// Remaining ties are broken by content, so that the order of responses does not matter.
  func isPreferred(to other: RouteVersion) -> Bool {
    let (mine, theirs) = (rank, other.rank)
    return mine == theirs ? route.isPreferredByContent(to: other.route) : mine > theirs
  }

  private var rank: (Date, Int, Int, Date) {
    (route.arrivedAt ?? .distantPast, route.points.count, route.day == askedDay ? 1 : 0, requestedAt)
  }

  /// The better of two routes in one response.
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
