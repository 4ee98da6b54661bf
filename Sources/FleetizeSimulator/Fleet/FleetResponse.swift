import FleetModel

/// A device's part of a response. Its JSON is made on demand.
public struct FleetResponse: Sendable {
  /// The day covered; nil for an entry of the list.
  public let day: UTCDay?
  public let device: SimulatedDevice?
  /// The routes of a generated fleet; empty for stored responses.
  public let routes: [SimulatedRoute]
  let json: @Sendable () -> JSON
  /// The bytes of the file, if the response is stored in one.
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
