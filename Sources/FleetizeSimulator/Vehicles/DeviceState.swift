/// What the vendor knows about a device at one moment. Times are Unix times in seconds.
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
  /// Last activity; nil if the vehicle has never moved.
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

    /// The vendor's sample has "offline" for a parked vehicle. The other texts are made up.
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
