/// The parameter `scope`: the tags that the caller wants, separated by semicolons.
///
/// The document says no more. We assume: tags of the node "device" and of routes may be mixed; a node that has none of
/// the named tags is left out; `device` and `routes` name the whole node; pauses are never cut.
struct Scope: Hashable, Sendable {
  private let tags: Set<String>

  /// Nil when nothing is restricted.
  init?(_ text: String?) {
    let tags = (text ?? "").split(separator: ";").map { tag in
      String(tag.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    self.tags = Set(tags.filter { !$0.isEmpty })
    if self.tags.isEmpty { return nil }
  }

  func restrictListEntry(_ entry: JSON) -> JSON {
    restrict(entry)
  }

  func restrictDayResponse(_ answer: JSON) -> JSON {
    var members: [JSON.Member] = []
    if let device = answer["device"] {
      let restricted = tags.contains("device") ? device : restrict(device)
      if case .object(let kept) = restricted, !kept.isEmpty { members.append(.init(key: "device", value: restricted)) }
    }
    if let routes = answer["routes"], tags.contains("routes") || !tags.isDisjoint(with: Scope.routeTags) {
      let restricted = tags.contains("routes") ? routes.elements : routes.elements.map(restrict)
      members.append(.init(key: "routes", value: .array(restricted)))
    }
    return .object(members)
  }

  private func restrict(_ node: JSON) -> JSON {
    guard case .object(let members) = node else { return node }
    return .object(members.filter { tags.contains($0.key) })
  }

  private static let routeTags: Set<String> = [
    "route_points", "origin_timestamp", "origin_mileage", "origin_location", "destination_timestamp",
    "destination_mileage", "destination_location", "average_speed", "average_speed_distance", "pause_duration",
    "route_pause",
  ]
}
