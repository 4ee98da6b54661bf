import FleetModel
import FoundationEssentials

/// A device's part of a response. Its JSON is made on demand.
public struct FleetResponse: Sendable {
  /// The day covered; nil for an entry of the list.
  public let day: UTCDay?
  public private(set) var device: SimulatedDevice?
  /// The routes of a generated fleet; empty for stored responses.
  public private(set) var routes: [SimulatedRoute]
  private let original: @Sendable () -> JSON
  private let file: [UInt8]?
  private var changes: [@Sendable (inout JSON) -> Void] = []

  init(
    day: UTCDay? = nil, device: SimulatedDevice?, routes: [SimulatedRoute] = [], stored: [UInt8]? = nil,
    json: @escaping @Sendable () -> JSON
  ) {
    self.day = day
    self.device = device
    self.routes = routes
    file = stored
    original = json
  }

  /// The bytes of the file, if the response is stored in one and was not changed.
  var stored: [UInt8]? { changes.isEmpty ? file : nil }

  func json() -> JSON {
    var document = original()
    for change in changes { change(&document) }
    return document
  }

  mutating func removeRoutes() {
    routes = []
    changes.append { $0["routes"] = .array([]) }
  }

  mutating func falsify(with error: FalseTimestamp, at now: Date) {
    guard var changed = device else { return }
    let value: Date?
    switch error.tag {
    case .heartbeat:
      value = error.value(insteadOf: changed.heartbeat, at: now)
      changed.heartbeat = value
    case .online:
      value = error.value(insteadOf: changed.online, at: now)
      changed.online = value
    }
    device = changed
    guard let seconds = value?.unixSeconds else { return }
    changes.append { document in
      if var node = document["device"] {
        node[error.tag.name] = .number(seconds)
        document["device"] = node
      } else {
        document[error.tag.name] = .number(seconds)
      }
    }
  }
}
