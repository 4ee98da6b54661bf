/// How the API interprets the parameter `scope` in calls of `device`. The document leaves it open.
public enum ScopeSupport: String, CaseIterable, Hashable, Sendable {
  /// Names tags of all nodes. The name of a node stands for the whole node.
  case everywhere
  /// Names the nodes "device" and "routes" only; other names match nothing.
  case topLevel = "top-level"
  /// Has no effect, in lists either.
  case ignored
}

/// The parameter `scope`: the names of tags, separated by semicolons.
///
/// A node without any of the named tags is left out.
struct Scope: Hashable, Sendable {
  private let names: Set<String>
  private let support: ScopeSupport

  /// Nil if nothing is restricted.
  init?(_ text: String?, support: ScopeSupport) {
    let names = (text ?? "").split(separator: ";").map { name in
      String(name.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    self.names = Set(names.filter { !$0.isEmpty })
    self.support = support
    if self.names.isEmpty || support == .ignored { return nil }
  }

  func restrictListEntry(_ entry: JSON) -> JSON { members(of: entry) }

  func restrictDay(_ document: JSON) -> JSON {
    var result = JSON.object([])
    if let device = document["device"] {
      let restricted = names.contains("device") ? device : nested(members(of: device))
      if case .object(let kept) = restricted, !kept.isEmpty { result["device"] = restricted }
    }
    if let routes = document["routes"] {
      if names.contains("routes") {
        result["routes"] = routes
      } else if support == .everywhere, !names.isDisjoint(with: Self.routeTags.union(Self.pauseTags)) {
        result["routes"] = .array(routes.elements.map { restrictRoute($0) })
      }
    }
    return result
  }

  private func restrictRoute(_ route: JSON) -> JSON {
    var result = members(of: route)
    if !names.contains("route_pause"), !names.isDisjoint(with: Self.pauseTags), let pauses = route["route_pause"] {
      result["route_pause"] = .array(pauses.elements.map { members(of: $0) })
    }
    return result
  }

  private func nested(_ node: JSON) -> JSON { support == .everywhere ? node : .object([]) }

  private func members(of node: JSON) -> JSON {
    guard case .object(let members) = node else { return node }
    return .object(members.filter { names.contains($0.key) })
  }

  private static let routeTags: Set = [
    "route_points", "origin_timestamp", "origin_mileage", "origin_location", "destination_timestamp",
    "destination_mileage", "destination_location", "average_speed", "average_speed_distance", "pause_duration",
    "route_pause",
  ]
  /// Without `location`, which a device has as well.
  private static let pauseTags: Set = ["grouped", "type", "start_timestamp", "end_timestamp", "mileage"]
}
