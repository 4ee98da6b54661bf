/// What the vendor knows of a device at a moment. Times are Unix times in seconds.
struct DeviceState: Hashable, Sendable {
  var metres: Int
  var metresToday: Int
  var place: Position
  var speedKmh = 0
  var engineRpm = 0
  var engineTemperature: Int?
  var vehicleVoltageTenths: Int
  var deviceVoltageTenths: Int
  var angle: Int
  /// Last activity; nil when the vehicle never moved.
  var online: Int?
  var heartbeat: Int
  var errorCode = 0
  var errorTime: Int?
  var errorText: String?
  var status: Status

  enum Status: Int, Sendable {
    case parked = 1
    case driving
    case standing
    case notMovedYet

    /// The vendor's words, as far as they are known: its sample says "offline" of a parked vehicle.
    var text: String {
      switch self {
      case .parked: "offline"
      case .driving: "driving"
      case .standing: "standing"
      case .notMovedYet: "not moved yet"
      }
    }
  }
}
