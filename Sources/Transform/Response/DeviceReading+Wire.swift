import FleetModel
import FleetizeAPI
import FoundationEssentials

extension DeviceReading {
  init(_ wire: WireDevice, of device: DeviceID, requestedAt: Date, _ translator: inout Translator) {
    self.init(device: device)
    imei = translator.identifier(wire.deviceIMEI, "device_imei")
    type = translator.text(wire.deviceType, "device_type")
    name = translator.text(wire.deviceName, "device_name")
    description = translator.text(wire.deviceDescription, "device_description")
    portraitURL = Self.portrait(wire.devicePortrait, &translator)
    mileage = translator.decimal(wire.deviceMileage, "device_mileage")
    rawMileage = translator.decimal(wire.deviceMileageRaw, "device_mileage_raw")
    dayDistance = translator.decimal(wire.deviceDistance, "device_distance")
    speed = translator.decimal(wire.deviceSpeed, "device_speed")
    engineRPM = translator.decimal(wire.deviceUPM, "device_upm")
    engineTemperature = translator.decimal(wire.deviceTempEngine, "device_temp_engine")
    externalVoltage = translator.decimal(wire.deviceVoltageExternal, "device_voltage_external")
    internalVoltage = translator.decimal(wire.deviceVoltageInternal, "device_voltage_internal")
    heading = translator.decimal(wire.deviceAngle, "device_angle")
    let online = translator.reported(wire.onlineTimestamp, "online_timestamp", requestedAt: requestedAt)
    (onlineAt, isOnlineUnusable) = (online.date, online == .unusable)
    heartbeatAt =
      translator.reported(wire.heartbeatTimestamp, "heartbeat_timestamp", requestedAt: requestedAt).date
    errorCode = translator.code(wire.errorCode, "error_code", known: 0...5, otherwise: .unknownErrorCode)
    errorAt = translator.reported(wire.errorCodeTime, "error_code_time", requestedAt: requestedAt).date
    errorText = translator.text(wire.errorText, "error_text")
    statusCode = translator.code(wire.statusCode, "status_code", known: 1...5, otherwise: .unknownStatusCode)
    statusText = translator.text(wire.statusText, "status_text")
    statusAbsence = translator.text(wire.statusAbsence, "status_absence")
    statusDescription = translator.text(wire.statusDescription, "status_description")
    location = translator.location(wire.location, "location")
    for tag in wire.unknownTags { translator.noteUnknown(tag) }
  }

  private static func portrait(_ value: WireValue, _ translator: inout Translator) -> String? {
    guard let sent = translator.text(value, "device_portrait") else { return nil }
    let (url, isWhole) = PercentEncoding.decoded(sent)
    if !isWhole { translator.findings.note(.portraitNotDecoded, sample: sent) }
    return url
  }
}

extension Translator {
  /// One finding per tag and response; the sample is its first value.
  mutating func noteUnknown(_ tag: UnknownNode) {
    findings.noteOfResponse(.unknownTag, subject: Excerpt.of(tag.name), sample: tag.value.sample)
  }
}
