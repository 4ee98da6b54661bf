import FleetModel
import FoundationEssentials

/// The input of the quality rules.
struct DayUnderReview {
  /// In order of departure.
  var routes: [Route]
  /// When the latest of the responses was requested.
  var lastRequestedAt: Date

  /// Each route with the previous one of the same day.
  var neighbours: [(earlier: Route, later: Route)] {
    zip(routes, routes.dropFirst()).map { ($0, $1) }
  }
}
