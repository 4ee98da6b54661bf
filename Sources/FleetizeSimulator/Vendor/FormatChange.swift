import FoundationEssentials

/// A format that the API has from some call or moment on, and that its document does not describe.
public struct FormatChange: Hashable, Sendable {
  public var kind: Kind
  public var start: Start
  /// Whether lists and the nodes "device" change as well, not only routes.
  public var isEverywhere: Bool
  /// Only days without routes change.
  public var isForIdleDays: Bool

  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// `origin_timestamp` becomes `start_time`, and so on.
    case renamedTags = "renamed-tags"
    /// Unix times in milliseconds.
    case milliseconds
    /// Times such as `2026-11-01T06:00:00Z`.
    case isoText = "iso-text"
    case routesNull = "routes-null"
    case routesFalse = "routes-false"
    case routesEmptyText = "routes-empty-text"
    case routesMissing = "routes-missing"
    /// All but the first two routes are left out, and an unknown node `next_page` promises them.
    case pages
  }

  public enum Start: Hashable, Sendable {
    case call(Int)
    case moment(Date)
  }

  public init(_ kind: Kind, from start: Start, isEverywhere: Bool = false, isForIdleDays: Bool = false) {
    self.kind = kind
    self.start = start
    self.isEverywhere = isEverywhere
    self.isForIdleDays = isForIdleDays
  }

  func affects(_ call: Simulator.Call) -> Bool {
    guard isEverywhere || call.action == .device else { return false }
    switch start {
    case .call(let number): return call.number >= number
    case .moment(let moment): return call.time >= moment
    }
  }

  /// Changes a day's response, or an entry of a list.
  func apply(to document: inout JSON) {
    let routes = document["routes"]
    if isForIdleDays, routes?.elements.isEmpty != true { return }
    switch kind {
    case .renamedTags: changeNodes(&document) { $0.rename(Self.newNames) }
    case .milliseconds: changeNodes(&document) { $0.changeTimes { .number($0 * 1_000) } }
    case .isoText:
      changeNodes(&document) { node in
        node.changeTimes { .string(Date(timeIntervalSince1970: Double($0)).formatted(.iso8601)) }
      }
    case .routesNull: if routes != nil { document["routes"] = .null }
    case .routesFalse: if routes != nil { document["routes"] = .literal(Array("false".utf8)) }
    case .routesEmptyText: if routes != nil { document["routes"] = .string("") }
    case .routesMissing: document.remove("routes")
    case .pages:
      guard let routes, routes.elements.count > 2 else { return }
      document["routes"] = .array(Array(routes.elements.prefix(2)))
      document["next_page"] = .number(2)
    }
  }

  private func changeNodes(_ document: inout JSON, _ change: (inout JSON) -> Void) {
    if isEverywhere { return change(&document) }
    guard var routes = document["routes"] else { return }
    change(&routes)
    document["routes"] = routes
  }

  private static let newNames = [
    "origin_timestamp": "start_time", "destination_timestamp": "end_time", "route_points": "points",
    "start_timestamp": "start_time", "end_timestamp": "end_time", "online_timestamp": "last_activity",
    "heartbeat_timestamp": "last_contact",
  ]
}

extension JSON {
  /// Renames members at any depth.
  fileprivate mutating func rename(_ names: [String: String]) {
    changeMembers { member in
      member.key = names[member.key] ?? member.key
      member.value.rename(names)
    }
  }

  /// Changes the Unix times at any depth.
  fileprivate mutating func changeTimes(_ change: (Int) -> JSON) {
    changeMembers { member in
      if member.key.hasSuffix("timestamp"), let time = member.value.integer {
        member.value = change(time)
      } else {
        member.value.changeTimes(change)
      }
    }
  }

  private mutating func changeMembers(_ change: (inout Member) -> Void) {
    switch self {
    case .literal: break
    case .array(let elements):
      self = .array(
        elements.map { element in
          var element = element
          element.changeMembers(change)
          return element
        })
    case .object(var members):
      for index in members.indices { change(&members[index]) }
      self = .object(members)
    }
  }
}
