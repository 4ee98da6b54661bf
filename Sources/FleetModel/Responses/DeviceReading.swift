import FoundationEssentials

/// A device's attributes and sensor values at one moment, from the device list or from the node "device" of a response to `device`.
///
/// Absent values are nil. Source: node "device" and the sample of `devicelist`.
public struct DeviceReading: Hashable, Sendable {
  /// Tag `device_id`.
  public var device: DeviceID
  /// Tag `device_imei`.
  public var imei: Int64?
  /// Tag `device_type`.
  public var type: String?
  /// Tag `device_name`.
  public var name: String?
  /// Tag `device_description`.
  public var description: String?
  /// Decoded from its percent-encoding. Tag `device_portrait`.
  public var portraitURL: String?
  /// Kilometres. Tag `device_mileage`.
  public var mileage: Decimal3?
  /// Kilometres, the device's internal mileage. Tag `device_mileage_raw`.
  public var rawMileage: Decimal3?
  /// Kilometres, day-trip counter. Tag `device_distance`.
  public var dayDistance: Decimal3?
  /// km/h. Tag `device_speed`.
  public var speed: Decimal3?
  /// Revolutions per minute. Tag `device_upm`.
  public var engineRPM: Decimal3?
  /// Degrees Celsius. Tag `device_temp_engine`.
  public var engineTemperature: Decimal3?
  /// Volts of the vehicle's battery. Tag `device_voltage_external`.
  public var externalVoltage: Decimal3?
  /// Volts of the device's battery. Tag `device_voltage_internal`.
  public var internalVoltage: Decimal3?
  /// Degrees. Tag `device_angle`.
  public var heading: Decimal3?
  /// Last activity, UTC. Tag `online_timestamp`.
  public var onlineAt: Date?
  /// Whether `online_timestamp` has a value that could not be used. Unlike an absent one it does not mean "never active".
  public var isOnlineUnusable = false
  /// Last contact, UTC. Tag `heartbeat_timestamp`.
  public var heartbeatAt: Date?
  /// See the attribute "error_code"; unknown codes are kept. Tag `error_code`.
  public var errorCode: Int32?
  /// When the error occurred, UTC. Tag `error_code_time`.
  public var errorAt: Date?
  /// Localised. Tag `error_text`.
  public var errorText: String?
  /// See the attribute "status_code"; unknown codes are kept. Tag `status_code`.
  public var statusCode: Int32?
  /// Localised. Tag `status_text`.
  public var statusText: String?
  /// Localised, such as `Parking: 1d 10h`. Tag `status_absence` (list sample).
  public var statusAbsence: String?
  /// Localised. Tag `status_description` (list sample).
  public var statusDescription: String?
  /// Tag `location`.
  public var location: Coordinate?

  public init(device: DeviceID) {
    self.device = device
  }

  /// The moment that the values hold for: the last contact, else the last activity, else the request.
  public func readAt(requestedAt: Date) -> Date {
    heartbeatAt ?? onlineAt ?? requestedAt
  }
}
