/// A response to `device`: one device's node and the routes of a day.
public struct WireDay: Hashable, Sendable {
  public var device: WireDevice
  public var routes: WireList<WireRoute>
  /// Nodes other than "device" and "routes", in the order sent.
  public var unknownTags: [String]
  public var tolerances: [Tolerance]
}
