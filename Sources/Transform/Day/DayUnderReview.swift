import FleetModel
import FoundationEssentials

/// What the quality rules look at.
struct DayUnderReview {
  /// By departure.
  var routes: [Route]
  /// When the latest of the responses was asked for.
  var lastRequestedAt: Date

  /// Each route with the one before it on the same day.
  var neighbours: [(earlier: Route, later: Route)] {
    zip(routes, routes.dropFirst()).map { ($0, $1) }
  }
}
