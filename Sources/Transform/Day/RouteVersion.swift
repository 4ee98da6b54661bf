import FleetModel
import FoundationEssentials

/// A route as one response tells it. A route that is under way at the end of a day is told again, and longer, by the next.
struct RouteVersion {
  var route: Route
  /// The day that was asked for.
  var askedDay: UTCDay
  var requestedAt: Date

  /// The later destination, then more points, then the response of the route's own day, then the later response, then
  /// whatever is the same in any order.
  func isPreferred(to other: RouteVersion) -> Bool {
    let (mine, theirs) = (rank, other.rank)
    return mine == theirs ? route.isPreferredByContent(to: other.route) : mine > theirs
  }

  private var rank: (Date, Int, Int, Date) {
    (route.arrivedAt ?? .distantPast, route.points.count, route.day == askedDay ? 1 : 0, requestedAt)
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
