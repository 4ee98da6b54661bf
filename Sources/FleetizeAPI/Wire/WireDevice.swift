/// A node "device", or an entry of the device list: the vendor's tags as sent.
public struct WireDevice: Hashable, Sendable {
  /// The start of the day that the response covers.
  public var timestamp = WireValue.absent
  public var deviceID = WireValue.absent
  public var deviceIMEI = WireValue.absent
  public var deviceType = WireValue.absent
  public var deviceName = WireValue.absent
  public var deviceDescription = WireValue.absent
  public var deviceMileage = WireValue.absent
  public var deviceMileageRaw = WireValue.absent
  public var deviceDistance = WireValue.absent
  public var devicePortrait = WireValue.absent
  public var deviceSpeed = WireValue.absent
  public var deviceUPM = WireValue.absent
  public var deviceTempEngine = WireValue.absent
  public var deviceVoltageExternal = WireValue.absent
  public var deviceVoltageInternal = WireValue.absent
  public var deviceAngle = WireValue.absent
  public var onlineTimestamp = WireValue.absent
  public var heartbeatTimestamp = WireValue.absent
  public var errorCode = WireValue.absent
  public var errorCodeTime = WireValue.absent
  public var errorText = WireValue.absent
  public var statusText = WireValue.absent
  public var statusCode = WireValue.absent
  /// Only in the vendor's sample of the list.
  public var statusAbsence = WireValue.absent
  /// Only in the vendor's sample of the list.
  public var statusDescription = WireValue.absent
  public var location = WireValue.absent
  /// Undocumented tags, in the order sent.
  public var unknownTags: [UnknownNode] = []
  /// The text of the node.
  public var source: ArraySlice<UInt8> = []

  init(_ object: JSONObject, _ decoder: WireDecoder) {
    source = decoder.bytes[object.source]
    for member in object.members {
      let value = decoder.value(member.value)
      switch member.name {
      case "timestamp": timestamp = value
      case "device_id": deviceID = value
      case "device_imei": deviceIMEI = value
      case "device_type": deviceType = value
      case "device_name": deviceName = value
      case "device_description": deviceDescription = value
      case "device_mileage": deviceMileage = value
      case "device_mileage_raw": deviceMileageRaw = value
      case "device_distance": deviceDistance = value
      case "device_portrait": devicePortrait = value
      case "device_speed": deviceSpeed = value
      case "device_upm": deviceUPM = value
      case "device_temp_engine": deviceTempEngine = value
      case "device_voltage_external": deviceVoltageExternal = value
      case "device_voltage_internal": deviceVoltageInternal = value
      case "device_angle": deviceAngle = value
      case "online_timestamp": onlineTimestamp = value
      case "heartbeat_timestamp": heartbeatTimestamp = value
      case "error_code": errorCode = value
      case "error_code_time": errorCodeTime = value
      case "error_text": errorText = value
      case "status_text": statusText = value
      case "status_code": statusCode = value
      case "status_absence": statusAbsence = value
      case "status_description": statusDescription = value
      case "location": location = value
      default: unknownTags.append(UnknownNode(name: member.name, value: value))
      }
    }
  }
}
