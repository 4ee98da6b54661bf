/// A response to `device`: one device's node and the routes of a day.
public struct WireDay: Hashable, Sendable {
  public var device: WireDevice
  public var routes: WireList<WireRoute>
  /// Whether the node "routes" is a list. Missing, `null`, `false` and `""` say nothing about routes; only a list says "none".
  public var hasRoutesList: Bool
  /// Nodes other than "device" and "routes", in the order sent.
  public var unknownNodes: [UnknownNode]
  public var tolerances: [Tolerance]
}
