import FleetModel

/// A piece of a response. It becomes text only when somebody reads it.
public struct FleetResponse: Sendable {
  /// The day that is answered; nil for an entry of the list.
  public let day: UTCDay?
  public let device: SimulatedDevice?
  /// The routes, where they are known without reading JSON: of a generated fleet.
  public let routes: [SimulatedRoute]
  let json: @Sendable () -> JSON
  /// The text as stored, where the response is a file.
  let stored: [UInt8]?

  init(
    day: UTCDay? = nil, device: SimulatedDevice?, routes: [SimulatedRoute] = [], stored: [UInt8]? = nil,
    json: @escaping @Sendable () -> JSON
  ) {
    self.day = day
    self.device = device
    self.routes = routes
    self.stored = stored
    self.json = json
  }
}
