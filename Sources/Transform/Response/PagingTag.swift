import FleetizeAPI

/// Tells unknown tags that suggest that a response is one page of several. The document knows no pages.
enum PagingTag {
  private static let totals: Set = [
    "total", "count", "total_count", "total_routes", "total_results", "route_count", "routes_count",
  ]
  private static let pageCounts: Set = ["pages", "total_pages", "page_count", "last_page"]
  private static let positions: Set = ["page", "offset", "cursor", "next", "more", "remaining", "truncated", "partial"]
  private static let prefixes = [
    "next_page", "next_url", "next_link", "next_offset", "next_cursor", "next_token", "next_routes", "has_more",
    "has_next", "more_routes", "page_", "paging", "pagination", "continuation", "is_truncated", "is_partial",
  ]

  /// Whether a node next to "routes" says, or may say, that there are more routes than these.
  static func suggestsMore(_ node: UnknownNode, routeCount: Int) -> Bool {
    let name = snakeCase(node.name)
    guard node.value != .absent, !saysNone(node.value) else { return false }
    if totals.contains(name) { return number(node.value).map { $0 > routeCount } ?? true }
    if pageCounts.contains(name) { return number(node.value).map { $0 > 1 } ?? true }
    return positions.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  private static func number(_ value: WireValue) -> Int? {
    if case .scalar(let text) = value { Int(text) } else { nil }
  }

  private static func saysNone(_ value: WireValue) -> Bool {
    guard case .scalar(let text) = value else { return false }
    return ["0", "false", "no", "none", "null"].contains(text.lowercased())
  }

  /// `nextPage` and `Next-Page` as `next_page`.
  private static func snakeCase(_ name: String) -> String {
    var result = ""
    var wasLower = false
    for character in name {
      if character.isUppercase, wasLower { result.append("_") }
      result += character == "-" || character == " " ? "_" : character.lowercased()
      wasLower = character.isLowercase || character.isNumber
    }
    return result
  }
}
