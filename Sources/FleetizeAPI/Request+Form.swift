import FleetModel
import FoundationEssentials

extension Request {
  /// The POST parameters of the call, form-encoded. Contains the token: use it as the request body, nowhere else.
  ///
  /// - Parameters:
  ///   - token: The parameter `apitoken`.
  ///   - scope: The only tags that the response should have, of any node; empty for all.
  ///   - activityAfter: Restricts a device list to vehicles with later activity; ignored for a device-day.
  /// - Source: the POST parameters of `devicelist` and `device`.
  public func form(token: String, scope: [String] = [], activityAfter: Date? = nil) -> String {
    var parameters = [("apitoken", token)]
    switch self {
    case .deviceList:
      if let activityAfter {
        parameters.append(("activity_after", String(Int64(activityAfter.timeIntervalSince1970.rounded(.down)))))
      }
    case .deviceDay(let device, let day):
      parameters.append(("device", device.description))
      parameters.append(("time", String(Int64(day.start.timeIntervalSince1970))))
    }
    if !scope.isEmpty { parameters.append(("scope", scope.map { $0 + ";" }.joined())) }
    return parameters.map { "\($0)=\(Self.percentEncoded($1))" }.joined(separator: "&")
  }

  /// Every documented tag of a `device` response except `route_points`.
  ///
  /// How `scope` names tags within nodes is an assumption: by their names alone. A response without the asked tags is rejected.
  public static let scopeWithoutPoints = [
    "timestamp", "device_id", "device_imei", "device_type", "device_name", "device_description", "device_mileage",
    "device_mileage_raw", "device_distance", "device_portrait", "device_speed", "device_upm", "device_temp_engine",
    "device_voltage_external", "device_voltage_internal", "device_angle", "online_timestamp", "heartbeat_timestamp",
    "error_code", "error_code_time", "error_text", "status_text", "status_code", "location",
    "origin_timestamp", "origin_mileage", "origin_location", "destination_timestamp", "destination_mileage",
    "destination_location", "average_speed", "average_speed_distance", "pause_duration",
    "route_pause", "grouped", "type", "start_timestamp", "end_timestamp", "mileage",
  ]

  /// As form values are encoded.
  public static func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }
}
